import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TestServer } from "../test-server.js";
import { goodCall, goodCallId, handMadeFrames } from "./hand-made-frames.js";
import { BaiduStdPeer } from "./peer.js";
import { recorded } from "./recorded.js";
import { recordedServices } from "./recorded-services.js";

const frames = [
  ...Object.values(recorded.frames).flatMap(({ requests }) => requests.map((hex) => Buffer.from(hex, "hex"))),
  ...Object.values(handMadeFrames).map((pieces) => Buffer.concat(pieces)),
];

/** Some frames one after the other, with some of their bytes changed. */
const spoiltFrames = fc
  .tuple(
    fc.array(fc.constantFrom(...frames), { minLength: 1, maxLength: 4 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
  )
  .map(([frames, changes]) => {
    const bytes = Buffer.concat(frames);
    for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
    return bytes;
  });

test("frames with bytes changed do no harm to the server, nor to who comes after", async () => {
  await using server = await new TestServer(recordedServices()).start();
  await fc.assert(
    fc.asyncProperty(spoiltFrames, async (bytes) => {
      const peer = await BaiduStdPeer.connect(server.port);
      peer.write(bytes);
      peer.socket.end();
      await peer.closed;
    }),
    { numRuns: 300 },
  );
  const peer = await BaiduStdPeer.connect(server.port);
  peer.write(goodCall);
  const answer = await peer.next();
  peer.close();
  assert.deepEqual([answer?.meta.correlationId, answer?.meta.response?.errorCode], [goodCallId, 0]);
  while (!server.gate.isIdle) await new Promise(setImmediate);
  const faults = server.logger.lines.filter(({ message }) => message === "an answer could not be sent");
  assert.deepEqual(faults, []);
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, test } from "node:test";
import { connectionPreface, FrameFlag, FrameType, frameHeaderSize } from "../../frame/frame-type.js";
import { listeningServer } from "../../testing/listening-server.js";
import { type RawFrame, rawFrame } from "../../testing/raw-frame.js";
import { continuation, priority } from "../rules.js";
import { Random } from "./random.js";
import { type RecordedFrame, splitFrames } from "./recordings.js";

/** A frame as another client might have sent it: its header block cut, and frames before it that mean nothing. */
function inOtherWords(frame: RecordedFrame, random: Random): readonly RawFrame[] {
  // Nothing may stand before the first SETTINGS.
  if (frame.type === FrameType.settings) return [frame];
  const idle: readonly RawFrame[] = random.oneIn(4)
    ? [{ type: 0x80 + random.below(100), flags: random.below(256), payload: random.bytes(random.below(30)) }]
    : random.oneIn(4)
      ? [priority(1 + random.below(99))]
      : [];
  return [...idle, ...(random.oneIn(2) ? cutBlock(frame, random) : [frame])];
}

function cutBlock(frame: RecordedFrame, random: Random): readonly RawFrame[] {
  const { type, flags, streamId, payload } = frame;
  // The fields before a block would have to stay with its first fragment.
  if (type !== FrameType.headers || flags & (FrameFlag.padded | FrameFlag.priority)) return [frame];
  const at = random.below(payload.length);
  return [
    { ...frame, flags: flags & ~FrameFlag.endHeaders, payload: payload.subarray(0, at) },
    continuation(streamId, payload.subarray(at)),
  ];
}

/** Passes bytes between a client and a server, the frames of the client in other words and in other pieces. */
async function rewordingProxy(serverPort: number, random: Random): Promise<Server> {
  const proxy = createServer((client) => {
    const server = connect(serverPort, "127.0.0.1");
    server.pipe(client);
    reword(client, server, random);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return proxy;
}

function reword(client: Socket, server: Socket, random: Random): void {
  let rest: Buffer = Buffer.alloc(0);
  let hasPreface = false;
  client.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    if (!hasPreface) {
      if (rest.length < connectionPreface.length) return;
      hasPreface = true;
      server.write(connectionPreface);
      rest = rest.subarray(connectionPreface.length);
    }
    const frames = splitFrames(rest);
    rest = rest.subarray(frames.reduce((size, { payload }) => size + frameHeaderSize + payload.length, 0));
    const bytes = Buffer.concat(frames.flatMap((frame) => inOtherWords(frame, random)).map(rawFrame));
    const cut = random.below(bytes.length + 1);
    server.write(bytes.subarray(0, cut));
    server.write(bytes.subarray(cut));
  });
  client.on("close", () => server.destroy()).on("error", () => {});
  server.on("close", () => client.destroy()).on("error", () => {});
}

async function echo(session: ClientHttp2Session, body: Buffer): Promise<Buffer> {
  const stream = session.request({ ":method": "POST", ":path": "/", te: "trailers", "x-size": body.length });
  stream.end(body);
  return await buffer(stream);
}

describe("a client of node:http2 behind a proxy that puts its frames in other words", () => {
  test("has all its requests answered and no fault to find with any frame", async () => {
    const random = new Random(1);
    const server = await listeningServer({ limits: { maxIdleFrames: 100_000 } });
    const proxy = await rewordingProxy(server.port, random);
    const session = connectHttp2(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    for (let round = 0; round < 8; round++) {
      const bodies = Array.from({ length: 50 }, () =>
        Buffer.alloc(random.oneIn(10) ? random.below(200_000) : random.below(100), round),
      );
      const answers = await Promise.all(bodies.map((body) => echo(session, body)));
      for (const [at, answer] of answers.entries()) assert.ok(bodies[at]?.equals(answer));
    }
    assert.equal(server.http2.streamCount, 0);
    session.close();
    await once(session, "close");
    proxy.close();
    await server.close();
  });
});

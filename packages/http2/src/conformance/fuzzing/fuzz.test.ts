import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EchoHandler } from "../../testing/echo-handler.js";
import { TestPeer } from "../../testing/test-peer.js";
import { play } from "../rules.js";
import { fuzzConnections } from "./fuzz-connections.js";
import { readRecording, recordingNames } from "./recordings.js";

/** Requests in each recording. */
const requestCounts = { curl: 1, nghttp: 1, "nghttp-many": 3, h2load: 20, grpcio: 5, "grpc-js": 5, node: 2 };

describe("recorded clients", () => {
  for (const name of recordingNames) {
    test(`${name}: what it sent is served without an error`, () => {
      const peer = new TestPeer({ handler: new EchoHandler() });
      play(peer, [Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ...readRecording(name)]);
      assert.deepEqual(peer.errors, []);
      const answers = peer.take().filter((line) => / grpc-status=0 END$/.test(line));
      assert.equal(answers.length, requestCounts[name]);
    });
  }
});

describe("fuzzing", () => {
  test("frames of recorded clients, changed, and random ones do no harm to a connection", () => {
    const report = fuzzConnections({ mutatedFrames: 30_000, randomFrames: 5_000, seed: 1 });
    assert.ok(report.frames > 35_000);
    assert.ok(report.connections > 10_000);
  });
});

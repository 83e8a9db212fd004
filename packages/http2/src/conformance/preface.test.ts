import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectionPreface } from "../frame/frame-type.js";
import type { RawFrame } from "../testing/raw-frame.js";
import { ping, settings, TestPeer, windowUpdate } from "../testing/test-peer.js";
import { play, priority, request, rules, settingsAck } from "./rules.js";

/** What a client gets that sends its preface and then `frames`, behind the server's own beginning. */
function begun(...frames: readonly RawFrame[]): TestPeer {
  const peer = new TestPeer();
  peer.take();
  play(peer, [connectionPreface, ...frames]);
  return peer;
}

describe("RFC 9113, 3.4: the connection preface", () => {
  test("3.4 the server's first frame is SETTINGS, and it waits for nothing to send it", () => {
    assert.match(new TestPeer().take()[0] ?? "", /^SETTINGS [0-9a-f]+$/);
  });

  test("3.4 the client's SETTINGS may be empty", () => {
    assert.deepEqual(begun(settings()).take(), ["SETTINGS ACK"]);
  });

  test("3.4 a client need not wait for the server's SETTINGS before it asks", () => {
    const peer = begun(settings(), request(1));
    assert.deepEqual(peer.take(), ["SETTINGS ACK"]);
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 end"]);
  });

  for (const bytes of [
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r",
    "GET / HTTP/1.1\r\n\r\n",
    "\x16\x03\x01",
    "pri ",
  ]) {
    test(`3.4 a preface of ${JSON.stringify(bytes)} ends the connection`, () => {
      const peer = new TestPeer();
      peer.take();
      peer.sendBytes(Buffer.from(bytes, "latin1"));
      assert.deepEqual(peer.take(), ["GOAWAY 0 protocolError"]);
      assert.ok(peer.isClosed);
    });
  }

  const first: Readonly<Record<string, RawFrame>> = {
    HEADERS: request(1),
    PRIORITY: priority(1),
    "an acknowledgement of SETTINGS": settingsAck(),
    PING: ping(),
    WINDOW_UPDATE: windowUpdate(0, 1),
    "a frame of an unknown type": { type: 0x77 },
  };
  for (const [name, frame] of Object.entries(first)) {
    test(`3.4 ${name} in place of the client's SETTINGS ends the connection`, () => {
      const peer = begun(frame);
      assert.deepEqual(peer.take(), ["GOAWAY 0 protocolError"]);
      assert.deepEqual(peer.handler.take(), []);
    });
  }

  rules("3.4", {
    "the preface comes once: the same bytes again are a frame that is too large": {
      send: [connectionPreface],
      get: ["GOAWAY 0 frameSizeError"],
    },
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "../frame/error-code.js";
import { connectionPreface, FrameType } from "../frame/frame-type.js";
import { rawFrame, uint32 } from "../testing/raw-frame.js";
import { data, ping, settings, TestPeer, toFields } from "../testing/test-peer.js";

const ok = toFields([[":status", "200"]]);
const leaving = ["GOAWAY 2147483647 noError", "PING leaving."];

describe("shutdown", () => {
  test("asks first for no more requests, and names the last one a while after", () => {
    const peer = TestPeer.connected();
    peer.request(1, "");
    peer.connection.shutdown();
    peer.connection.shutdown();
    assert.deepEqual(peer.take(), leaving);
    peer.connection.sweep(1000);
    peer.send(ping("leaving.", true));
    peer.request(3, "");
    peer.connection.sweep(1499);
    assert.deepEqual(peer.take(), []);
    peer.connection.sweep(1500);
    assert.deepEqual(peer.take(), ["GOAWAY 3 noError"]);
    peer.request(5, "late");
    assert.deepEqual(peer.take(), ["RST_STREAM 5 refusedStream"]);
    peer.handler.stream(1).sendHeaders(ok, true);
    assert.ok(!peer.isClosed);
    peer.handler.stream(3).sendHeaders(ok, true);
    assert.ok(peer.isClosed);
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200 END", "HEADERS 3 :status=200 END"]);
  });

  test("closes a connection without requests then", () => {
    const peer = TestPeer.connected();
    peer.connection.shutdown();
    peer.send(ping("leaving.", true));
    peer.connection.sweep(1000);
    assert.ok(!peer.isClosed);
    peer.connection.sweep(2000);
    assert.ok(peer.isClosed);
    assert.deepEqual(peer.take(), [...leaving, "GOAWAY 0 noError"]);
  });

  test("waits longer, but not for ever, for a peer that does not answer", () => {
    const peer = TestPeer.connected();
    peer.connection.shutdown();
    peer.send(ping("another!", true));
    peer.connection.sweep(1000);
    peer.connection.sweep(2999);
    assert.equal(peer.connection.state, "leaving");
    peer.connection.sweep(3000);
    assert.ok(peer.isClosed);
  });

  test("gives open streams their time and no more", () => {
    const peer = TestPeer.connected({ limits: { drainTimeoutMs: 5000 } });
    peer.request(1, "");
    peer.connection.shutdown();
    peer.connection.sweep(1000);
    peer.connection.sweep(6000);
    assert.ok(!peer.isClosed);
    peer.connection.sweep(6001);
    assert.ok(peer.isClosed);
    assert.deepEqual(peer.limits, ["drain_timeout"]);
    assert.equal(peer.handler.take().at(-1), "1 reset cancel");
    assert.equal(peer.take().at(-1), "GOAWAY 1 noError");
  });

  test("by the peer is followed", () => {
    const peer = TestPeer.connected();
    peer.request(1, "");
    peer.send({ type: FrameType.goaway, payload: [...uint32(0), ...uint32(0)] });
    assert.deepEqual(peer.take(), ["GOAWAY 1 noError"]);
    peer.handler.stream(1).sendHeaders(ok, true);
    assert.ok(peer.isClosed);
  });
});

describe("close", () => {
  test("says why, resets what is open and reads no more", () => {
    const peer = TestPeer.connected();
    peer.request(1);
    peer.connection.close(ErrorCode.enhanceYourCalm, "enough");
    peer.connection.close();
    peer.send(data(1, "x"));
    assert.deepEqual(peer.take(), ["GOAWAY 1 enhanceYourCalm"]);
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 reset enhanceYourCalm"]);
  });

  test("by a handler stops reading amid a chunk", () => {
    const peer = TestPeer.connected();
    peer.handler.answer = (): void => peer.connection.close();
    peer.send(peer.headers(1), data(1, "", true), peer.headers(3), ping());
    assert.deepEqual(peer.take(), ["GOAWAY 1 noError"]);
    assert.deepEqual(peer.handler.take(), ["1 headers /service/Method", "1 end", "1 reset cancel"]);
  });
});

describe("time", () => {
  test("is short for a peer that does not send the preface and SETTINGS, or does not acknowledge ours", () => {
    const silent = new TestPeer();
    silent.connection.sweep(10_000);
    assert.ok(!silent.isClosed);
    silent.connection.sweep(10_001);
    assert.deepEqual(silent.limits, ["settings_timeout"]);
    assert.deepEqual(silent.take().slice(2), ["GOAWAY 0 settingsTimeout"]);

    const halfWay = new TestPeer();
    halfWay.sendBytes(Buffer.concat([connectionPreface, rawFrame(settings())]));
    halfWay.connection.sweep(10_001);
    assert.deepEqual(halfWay.limits, ["settings_timeout"]);
  });

  test("without a byte makes us ask, and without an answer close", () => {
    const peer = TestPeer.connected();
    peer.request(1, "");
    peer.connection.sweep(1000);
    peer.connection.sweep(31_000);
    assert.deepEqual(peer.take(), []);
    peer.connection.sweep(31_001);
    assert.deepEqual(peer.take(), ["PING present?"]);
    peer.send(ping("present?", true));
    peer.connection.sweep(42_000);
    assert.deepEqual(peer.take(), []);
    peer.connection.sweep(72_001);
    assert.deepEqual(peer.take(), ["PING present?"]);
    peer.connection.sweep(82_002);
    assert.deepEqual(peer.limits, ["keepalive_timeout"]);
    assert.deepEqual(peer.take(), ["GOAWAY 1 noError"]);
  });

  test("without requests ends a connection, however alive its peer", () => {
    const peer = TestPeer.connected({ limits: { idleTimeoutMs: 60_000 } });
    for (let second = 1; second <= 61; second++) {
      peer.send(ping());
      peer.connection.sweep(second * 1000);
    }
    assert.equal(peer.connection.state, "open");
    peer.connection.sweep(62_000);
    assert.equal(peer.connection.state, "leaving");
    assert.deepEqual(peer.limits, ["connection_idle"]);
  });

  test("with requests between the sweeps does not end a connection", () => {
    const peer = TestPeer.connected({ limits: { idleTimeoutMs: 5000 } });
    peer.handler.answer = (stream): void => stream.sendHeaders(ok, true);
    for (let second = 1; second <= 60; second++) {
      peer.request(2 * second + 1, "");
      peer.connection.sweep(second * 1000);
    }
    assert.equal(peer.connection.state, "open");
  });

  test("makes a connection old, at an age with a share of chance", () => {
    const limits = { maxAgeMs: 100_000, idleTimeoutMs: 0, keepaliveMs: 0 };
    for (const [chance, age] of [
      [0, 90_000],
      [0.5, 100_000],
      [1, 110_000],
    ] as const) {
      const peer = TestPeer.connected({ limits, chance });
      peer.connection.sweep(age);
      assert.equal(peer.connection.state, "open");
      peer.connection.sweep(age + 1);
      assert.equal(peer.connection.state, "leaving");
      assert.deepEqual(peer.limits, ["connection_age"]);
      assert.deepEqual(peer.take(), leaving);
    }
  });
});

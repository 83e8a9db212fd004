import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "../frame/error-code.js";
import { FrameType } from "../frame/frame-type.js";
import { type RawFrame, uint32 } from "../testing/raw-frame.js";
import { data, ping, rstStream, settings } from "../testing/test-peer.js";
import { TestServer } from "../testing/test-server.js";

const maxConcurrentStreams = 3;

function goaway(lastStreamId: number, code: number = ErrorCode.noError): RawFrame {
  return { type: FrameType.goaway, payload: Buffer.concat([uint32(lastStreamId), uint32(code)]) };
}

describe("a server that goes away", () => {
  test("has requests above its last one given back, and answers the others", () => {
    const server = TestServer.connected();
    server.request("a");
    server.request("b");
    server.take();
    server.takeEvents();
    server.send(goaway(1));
    assert.deepEqual(server.takeEvents(), [
      "b reset by connection noError unprocessed: the server is going away: NO_ERROR",
    ]);
    assert.equal(server.leavings.length, 1);
    assert.equal(server.connection.state, "leaving");
    server.send(server.headers(1, undefined, true));
    assert.deepEqual(server.takeEvents(), ["a headers 200", "not busy", "a end", "closed"]);
    assert.deepEqual(server.take(), ["GOAWAY 0 noError"]);
  });

  test("has those that wait given back", () => {
    const server = TestServer.connected({}, [maxConcurrentStreams, 1]);
    server.request("a");
    server.request("b");
    server.send(goaway(2 ** 31 - 1));
    server.request("c");
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "b reset by connection noError unprocessed: the server is going away: NO_ERROR",
      "c reset by connection noError unprocessed: the server is going away: NO_ERROR",
    ]);
    assert.equal(server.connection.streamCount, 1);
  });

  test("may name its last request later", () => {
    const server = TestServer.connected();
    server.request("a");
    server.request("b");
    server.send(goaway(2 ** 31 - 1), goaway(1));
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "b reset by connection noError unprocessed: the server is going away: NO_ERROR",
    ]);
    assert.equal(server.leavings.length, 1);
  });

  test("says why, also to those whose answer is lost with the socket", () => {
    const server = TestServer.connected();
    server.request("a");
    server.send(goaway(1, ErrorCode.enhanceYourCalm));
    server.connection.abort();
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "not busy",
      "a reset by connection enhanceYourCalm: the server is going away: ENHANCE_YOUR_CALM",
      "closed",
    ]);
  });

  test("and then falls silent is asked whether it is there", () => {
    const server = TestServer.connected({ keepaliveMs: 5000, keepaliveTimeoutMs: 2000 });
    server.request("a");
    server.send(goaway(1));
    server.take();
    for (let now = 1000; now <= 7000; now += 1000) server.connection.sweep(now);
    assert.deepEqual(server.take(), ["PING present?"]);
    server.takeEvents();
    server.connection.sweep(10_000);
    assert.deepEqual(server.takeEvents(), [
      "not busy",
      "a reset by connection cancel: it did not answer a PING within 2000 ms",
      "closed",
    ]);
  });
});

describe("the end of a client connection", () => {
  test("by a socket error is told with its cause to all that wait", () => {
    const server = new TestServer();
    const { receiver } = server.request("a");
    const cause = new Error("connect ECONNREFUSED 127.0.0.1:1");
    server.connection.abort(cause);
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "not busy",
      "a reset by connection cancel unprocessed: connect ECONNREFUSED 127.0.0.1:1",
      "closed",
    ]);
    assert.equal(receiver.resets[0]?.cause, cause);
    assert.deepEqual(server.take(), []);
  });

  test("names every address that was tried", () => {
    const server = new TestServer();
    server.request("a");
    server.connection.abort(new AggregateError([new Error("no ::1"), new Error("no 127.0.0.1")]));
    assert.match(server.takeEvents()[2] ?? "", /: no ::1, no 127\.0\.0\.1$/);
  });

  test("by the server leaves it open whether a request was looked at", () => {
    const server = TestServer.connected();
    server.request("a");
    server.connection.receiveEnd();
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "not busy",
      "a reset by connection cancel: the server closed the connection",
      "closed",
    ]);
  });

  test("by its owner tells the server and every caller", () => {
    const server = TestServer.connected({}, [maxConcurrentStreams, 1]);
    server.request("a");
    server.request("b");
    server.take();
    server.connection.close();
    server.connection.close();
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "b reset by close cancel unprocessed: the client was closed",
      "not busy",
      "a reset by close cancel: the client was closed",
      "closed",
    ]);
    assert.deepEqual(server.take(), ["GOAWAY 0 noError"]);
  });

  test("comes when nobody has used it for a while", () => {
    const server = TestServer.connected({ idleTimeoutMs: 3000 });
    server.request("a");
    server.send(server.headers(1, undefined, true));
    for (let now = 1000; now <= 5000; now += 1000) server.connection.sweep(now);
    assert.equal(server.connection.state, "open");
    server.connection.sweep(6000);
    assert.equal(server.connection.state, "closed");
    assert.deepEqual(
      server.leavings.map(({ by }) => by),
      ["close"],
    );
    assert.deepEqual(server.limits, ["connection_idle"]);
  });

  test("comes when its stream ids are used up, and the requests that are left are given back", () => {
    const server = new TestServer({ maxRequests: 2 });
    for (const name of ["a", "b", "c"]) server.request(name);
    server.send(settings());
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "c reset by connection noError unprocessed: its stream ids are used up",
    ]);
    assert.equal(server.connection.state, "leaving");
    server.send(server.headers(1, undefined, true), server.headers(3, undefined, true));
    assert.equal(server.connection.state, "closed");
  });

  test("does not come from a receiver that fails at the news", () => {
    const server = TestServer.connected();
    const { receiver } = server.request("a");
    receiver.on.reset = () => {
      throw new Error("not now");
    };
    server.request("b");
    server.send(rstStream(1));
    assert.equal(server.connection.state, "open");
    assert.deepEqual(server.faults, [new Error("not now")]);
  });

  test("comes from a receiver that fails at an answer", () => {
    const server = TestServer.connected();
    const { receiver } = server.request("a");
    receiver.on.data = () => {
      throw new Error("not now");
    };
    server.request("b");
    server.send(server.headers(1), data(1, "x"));
    assert.deepEqual(server.faults, [new Error("not now")]);
    const why = "reset by connection internalError: a receiver of an answer failed";
    assert.deepEqual(server.takeEvents().slice(3), [`a ${why}`, "not busy", `b ${why}`, "closed"]);
  });
});

describe("a silent server", () => {
  test("is asked with a PING only while someone waits", () => {
    const server = TestServer.connected({ keepaliveMs: 2000 });
    for (let now = 1000; now <= 10_000; now += 1000) server.connection.sweep(now);
    assert.deepEqual(server.take(), []);
    server.request("a");
    server.take();
    for (let now = 11_000; now <= 12_000; now += 1000) server.connection.sweep(now);
    assert.deepEqual(server.take(), []);
    server.connection.sweep(13_000);
    assert.deepEqual(server.take(), ["PING present?"]);
    server.send(ping("present?", true));
    server.connection.sweep(30_000);
    assert.equal(server.connection.state, "open");
  });

  test("that never sends SETTINGS fails those that wait", () => {
    const server = new TestServer({ settingsTimeoutMs: 5000 });
    server.request("a");
    server.connection.sweep(5001);
    assert.deepEqual(server.takeEvents().slice(1, 3), [
      "not busy",
      "a reset by connection settingsTimeout unprocessed: SETTINGS were not exchanged within 5000 ms",
    ]);
  });

  test("that does not acknowledge SETTINGS is left too", () => {
    const server = new TestServer();
    server.send(settings());
    server.connection.sweep(10_001);
    assert.equal(server.connection.state, "closed");
    assert.deepEqual(server.limits, ["settings_timeout"]);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "../frame/error-code.js";
import { data, rstStream, settings } from "../testing/test-peer.js";
import { TestServer } from "../testing/test-server.js";

const requestLine = ":method=POST :scheme=http :path=/service/Method :authority=localhost";
const maxConcurrentStreams = 3;

describe("taking a request back", () => {
  test("resets its stream, and what crossed with that is thrown away", () => {
    const server = TestServer.connected();
    const { stream } = server.request("a");
    server.take();
    stream.reset();
    stream.reset();
    assert.deepEqual(server.take(), ["RST_STREAM 1 cancel"]);
    server.send(server.headers(1), data(1, "late"), server.headers(1, [["grpc-status", "0"]], true));
    assert.deepEqual(server.takeEvents(), ["busy", "not busy"]);
    assert.deepEqual(server.take(), []);
    assert.equal(server.connection.state, "open");
  });

  test("takes it out of the line", () => {
    const server = new TestServer();
    const { stream } = server.request("a");
    stream.reset();
    server.send(settings());
    assert.deepEqual(server.take().slice(-1), ["SETTINGS ACK"]);
    assert.equal(server.connection.waitingCount, 0);
  });

  test("makes room for the next", () => {
    const server = TestServer.connected({}, [maxConcurrentStreams, 1]);
    const { stream } = server.request("a");
    server.request("b");
    server.take();
    stream.reset();
    assert.deepEqual(server.take(), ["RST_STREAM 1 cancel", `HEADERS 3 ${requestLine} END`]);
  });

  test("is possible from within the answer", () => {
    for (const event of ["headers", "data"] as const) {
      const server = TestServer.connected();
      const { stream, receiver } = server.request("a");
      receiver.on[event] = () => stream.reset();
      server.send(server.headers(1), data(1, "x"), data(1, "y", true));
      assert.equal(server.takeEvents().at(-1), "not busy");
      assert.deepEqual(server.take().slice(-1), ["RST_STREAM 1 cancel"]);
      assert.equal(server.connection.streamCount, 0);
    }
  });

  test("sends 25 resets at once and 20 in a second, however many are taken back", () => {
    const server = TestServer.connected();
    const resets = (): number => server.take().filter((line) => line.startsWith("RST_STREAM")).length;
    for (let i = 0; i < 100; i++) server.request("a").stream.reset();
    assert.equal(resets(), 25);
    assert.equal(server.connection.streamCount, 75);
    assert.deepEqual(server.takeEvents().slice(-1), ["not busy"]);
    server.connection.sweep(1000);
    assert.equal(resets(), 20);
    server.connection.sweep(1500);
    assert.equal(resets(), 10);
    assert.equal(server.connection.streamCount, 45);
  });

  test("never makes a server of ours end the connection", () => {
    const server = TestServer.connected();
    let resets = 0;
    for (let now = 0; now < 11_000; now += 100) {
      for (let i = 0; i < 100; i++) server.request("a").stream.reset();
      server.connection.sweep(now);
      resets += server.take().filter((line) => line.startsWith("RST_STREAM")).length;
    }
    assert.equal(resets, 243);
  });

  test("gives a stream up whose answer comes before its reset", () => {
    const server = TestServer.connected({ cancelBurst: 0 });
    server.request("a").stream.reset();
    server.send(server.headers(1), data(1, "late"), server.headers(1, [["grpc-status", "0"]], true));
    assert.equal(server.connection.streamCount, 0);
    server.connection.sweep(1000);
    assert.deepEqual(server.take(), [`HEADERS 1 ${requestLine} END`]);
    assert.deepEqual(server.takeEvents(), ["busy", "not busy"]);
  });

  test("leaves an answer before the end of the request to the server for a second", () => {
    const server = TestServer.connected({}, [4, 4]);
    server.request("a", "0123456789");
    server.request("b", "0123456789");
    server.send(server.headers(1, [[":status", "413"]], true), server.headers(3, [[":status", "413"]], true));
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "a headers 413",
      "a end",
      "b headers 413",
      "not busy",
      "b end",
    ]);
    server.send(rstStream(1, ErrorCode.noError));
    server.take();
    server.connection.sweep(1000);
    assert.deepEqual(server.take(), ["RST_STREAM 3 cancel"]);
    assert.equal(server.connection.streamCount, 0);
  });
});

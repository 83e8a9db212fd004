import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connectionPreface } from "../frame/frame-type.js";
import { data, rstStream, settings, windowUpdate } from "../testing/test-peer.js";
import { TestServer } from "../testing/test-server.js";

const requestLine = ":method=POST :scheme=http :path=/service/Method :authority=localhost";
const maxConcurrentStreams = 3;

describe("a client connection", () => {
  test("begins with the preface and SETTINGS that turn push off", () => {
    const server = new TestServer();
    const output = Buffer.concat(server.connection.takeOutput());
    assert.deepEqual(output.subarray(0, 24), Buffer.from(connectionPreface));
    assert.deepEqual([...output.subarray(24 + 9, 24 + 9 + 6)], [0, 2, 0, 0, 0, 0]);
  });

  test("lets requests wait for the SETTINGS of the server, then sends them in their order", () => {
    const server = new TestServer();
    server.request("a", "body");
    server.request("b");
    assert.equal(server.take().length, 2);
    assert.equal(server.connection.waitingCount, 2);
    server.send(settings());
    assert.deepEqual(server.take(), [
      "SETTINGS ACK",
      `HEADERS 1 ${requestLine}`,
      "DATA 1 body END",
      `HEADERS 3 ${requestLine} END`,
    ]);
  });

  test("hands over an answer with its trailers, and closes its stream", () => {
    const server = TestServer.connected();
    server.request("a", "body");
    server.send(server.headers(1), data(1, "hello"), data(1, "you"));
    server.send(server.headers(1, [["grpc-status", "0"]], true));
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "a headers 200",
      "a data 5",
      "a data 3",
      "not busy",
      "a end grpc-status=0",
    ]);
    assert.equal(server.connection.streamCount, 0);
    assert.ok(server.connection.hasServed);
  });

  test("hands over an answer of headers alone, and one that ends with its body", () => {
    const server = TestServer.connected();
    server.request("a");
    server.request("b");
    server.send(server.headers(1, [[":status", "503"]], true), server.headers(3), data(3, "x", true));
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "a headers 503",
      "a end",
      "b headers 200",
      "b data 1",
      "not busy",
      "b end",
    ]);
  });

  test("passes over interim answers, and counts them", () => {
    const server = TestServer.connected({ maxIdleFrames: 3 });
    const { receiver } = server.request("a");
    const interim = server.headers(1, [[":status", "103"]]);
    server.send(interim, interim, server.headers(1), data(1, "x", true));
    assert.deepEqual(server.takeEvents(), ["busy", "a headers 200", "a data 1", "not busy", "a end"]);
    server.request("b");
    for (let i = 0; i < 4; i++) server.send(server.headers(3, [[":status", "103"]]));
    assert.deepEqual(server.limits, ["informational_flood"]);
    assert.deepEqual(receiver.resets, []);
  });

  test("keeps to the streams and the windows of the server", () => {
    const server = TestServer.connected({}, [maxConcurrentStreams, 1], [4, 10]);
    server.request("a", "0123456789ab");
    server.request("b", "b");
    assert.deepEqual(server.take(), [`HEADERS 1 ${requestLine}`, "DATA 1 0123456789"]);
    server.send(windowUpdate(1, 100));
    assert.deepEqual(server.take(), ["DATA 1 ab END"]);
    server.send(server.headers(1, undefined, true));
    assert.deepEqual(server.take(), [`HEADERS 3 ${requestLine}`, "DATA 3 b END"]);
    server.request("c");
    server.request("d");
    server.send(settings([maxConcurrentStreams, 2]));
    assert.deepEqual(server.take(), ["SETTINGS ACK", `HEADERS 5 ${requestLine} END`]);
  });

  test("refuses a request when too many wait", () => {
    const server = new TestServer({ maxWaitingRequests: 1 });
    server.request("a");
    server.request("b");
    assert.deepEqual(server.takeEvents(), [
      "busy",
      "b reset by queue refusedStream unprocessed: 1 requests wait for it already",
    ]);
    assert.equal(server.connection.waitingCount, 1);
  });

  test("tells whose headers cannot be encoded, and goes on with the others", () => {
    const server = TestServer.connected();
    const events: string[] = [];
    server.connection.request({
      fields: [{ name: "x", value: "\u4e2d" }],
      body: [],
      receiver: {
        onHeaders: () => {},
        onData: () => {},
        onEnd: () => {},
        onReset: ({ by, isUnprocessed }) => events.push(`${by} ${isUnprocessed}`),
      },
    });
    assert.deepEqual(events, ["request true"]);
    server.request("b");
    assert.deepEqual(server.take(), [`HEADERS 1 ${requestLine} END`]);
  });

  test("says when there is nobody to keep the process alive for", () => {
    const server = TestServer.connected();
    const { stream } = server.request("a");
    server.request("b");
    stream.reset();
    assert.deepEqual(server.takeEvents(), ["busy"]);
    server.send(rstStream(3));
    assert.deepEqual(server.takeEvents(), [
      "not busy",
      "b reset by server cancel: the server reset the stream: CANCEL",
    ]);
  });
});

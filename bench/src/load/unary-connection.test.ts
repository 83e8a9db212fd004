import assert from "node:assert/strict";
import { constants } from "node:http2";
import { test } from "node:test";
import type { UnaryConnection } from "./unary-connection.js";
import { answer, connectTo } from "./unary-fixture.js";

function call(connection: UnaryConnection, body: Buffer): Promise<Uint8Array> {
  return new Promise((onAnswer, reject) => {
    const onFailure = (reason: string): void => reject(new Error(reason));
    connection.call(body, { onAnswer, onFailure });
  });
}

test("a call brings its body to the path and the answer back", async () => {
  await using server = await connectTo((stream, body) => answer(stream, Buffer.concat([body, body])));
  assert.deepEqual(await call(server.connection, Buffer.from("ab")), Buffer.from("abab"));
  assert.deepEqual(server.paths, ["/a.Service/call"]);
});

test("each of many calls in flight gets its own answer", async () => {
  await using server = await connectTo((stream, body) => answer(stream, body));
  const bodies = Array.from({ length: 100 }, (_, i) => Buffer.from(`body ${i}`));
  assert.deepEqual(await Promise.all(bodies.map((body) => call(server.connection, body))), bodies);
});

test("bodies far beyond the windows of HTTP/2 arrive whole, both ways and side by side", async () => {
  await using server = await connectTo((stream, body) => answer(stream, body));
  const bodies = [1, 2, 3].map((seed) => Buffer.alloc(1_000_000, `chunk ${seed} `));
  assert.deepEqual(await Promise.all(bodies.map((body) => call(server.connection, body))), bodies);
});

test("a status other than 0 is a failure", async () => {
  await using server = await connectTo((stream, body) => answer(stream, body, "13"));
  await assert.rejects(call(server.connection, Buffer.from("a")), { message: "grpc-status is 13" });
});

test("a status that comes without a message is a failure, 0 included", async () => {
  await using server = await connectTo((stream, body) => {
    stream.respond({ ":status": 200, "grpc-status": body.toString() }, { endStream: true });
  });
  await assert.rejects(call(server.connection, Buffer.from("5")), { message: "grpc-status is 5" });
  await assert.rejects(call(server.connection, Buffer.from("0")), {
    message: "grpc-status is 0 but no message came",
  });
});

test("an answer without trailers is a failure", async () => {
  await using server = await connectTo((stream, body) => {
    stream.respond({ ":status": 200 });
    stream.end(body);
  });
  await assert.rejects(call(server.connection, Buffer.from("a")), {
    message: "the answer ended without a grpc-status",
  });
});

test("an HTTP status other than 200 is a failure, and later calls go on", async () => {
  await using server = await connectTo((stream, body) => {
    if (body.toString() === "bad") stream.respond({ ":status": 503 }, { endStream: true });
    else answer(stream, body);
  });
  await assert.rejects(call(server.connection, Buffer.from("bad")), { message: ":status is 503" });
  assert.deepEqual(await call(server.connection, Buffer.from("good")), Buffer.from("good"));
});

test("a reset stream is a failure", async () => {
  await using server = await connectTo((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM));
  await assert.rejects(call(server.connection, Buffer.from("a")), {
    message: "the server reset the stream with error 7",
  });
});

test("when the server goes away, calls in flight and later ones fail", async () => {
  await using server = await connectTo((stream) => stream.session?.destroy());
  const [first, second] = [Buffer.from("a"), Buffer.from("b")].map((body) => call(server.connection, body));
  await assert.rejects(first ?? Promise.resolve(), Error);
  await assert.rejects(second ?? Promise.resolve(), Error);
  await assert.rejects(call(server.connection, Buffer.from("c")), Error);
});

test("a PING of the server is answered", async () => {
  await using server = await connectTo((stream, body) => {
    stream.session?.ping((error: Error | null) => answer(stream, error ? Buffer.from("no pong") : body));
  });
  assert.deepEqual(await call(server.connection, Buffer.from("pong")), Buffer.from("pong"));
});

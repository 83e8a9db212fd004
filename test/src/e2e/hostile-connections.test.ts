import assert from "node:assert/strict";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { seededRandom } from "@paddlewheel/onnx";
import { untilClosed } from "@paddlewheel/server/testing";
import type { StartedServer } from "../harness/start-server.js";
import { bytes } from "./bad-input/wire-bytes.js";
import { type WireClient, wireClients } from "./clients.js";
import { goodRequests } from "./good-requests.js";
import { encodeRequest, serviceName } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { linear } from "./served-models.js";

const random = seededRandom(3);
const head = "POST /GeneralModelService/inference HTTP/1.1\r\nHost: x\r\n";
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const tooLarge = /^(?:HTTP\/1\.1 431 |$)/;

/** Must not be taken for a request of its own. */
const smuggled = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

/** One refusal, and no answer behind it. */
const one400 = /^HTTP\/1\.1 400 (?!.*HTTP\/1\.1)/s;

interface Hostile {
  readonly bytes: Buffer | string;
  /** What comes back before the connection ends. */
  readonly answer: RegExp;
}

/** First bytes of a connection that no friend sends; each is answered, or not, and the connection closed. */
const openings: Readonly<Record<string, Hostile>> = {
  "random bytes": {
    bytes: Buffer.from(Array.from({ length: 512 }, () => Math.floor(random() * 256))),
    answer: /^HTTP\/1\.1 400 Bad Request\r\n/,
  },
  "the hello of TLS": { bytes: Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3]), answer: /^$/ },
  "a request line of HTTP/0.9": { bytes: "GET /nowhere\r\n\r\n", answer: /^HTTP\/1\.1 404 / },
  "a header line without a colon": { bytes: `${head}nonsense\r\n\r\n`, answer: /^HTTP\/1\.1 400 / },
  "a length and chunks": {
    bytes: `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    answer: /^HTTP\/1\.1 400 /,
  },
  "chunks and a length": {
    bytes: `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
    answer: one400,
  },
  "chunks by a name with a blank": {
    bytes: `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    answer: one400,
  },
  "an encoding that is none behind chunks": {
    bytes: `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    answer: one400,
  },
  "an encoding that sounds like chunks": {
    bytes: `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    answer: one400,
  },
  "a list of lengths": { bytes: `${head}Content-Length: 0, 0\r\n\r\n${smuggled}`, answer: one400 },
  "a length with a sign": { bytes: `${head}Content-Length: +0\r\n\r\n${smuggled}`, answer: one400 },
  "a length of hexadecimal digits": {
    bytes: `${head}Content-Length: 0x0\r\n\r\n${smuggled}`,
    answer: one400,
  },
  "lines that end without a CR": {
    bytes: `POST / HTTP/1.1\nHost: x\nContent-Length: 0\n\n${smuggled}`,
    answer: one400,
  },
  "a CR within a header": { bytes: `${head}X: a\rContent-Length: 9\r\n\r\n${smuggled}`, answer: one400 },
  "a header that goes on in the next line": {
    bytes: `${head}Transfer-Encoding:\r\n chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    answer: one400,
  },
  "a NUL in a header": { bytes: `${head}X: a\0b\r\n\r\n${smuggled}`, answer: one400 },
  "a chunk size beyond 64 bits": {
    bytes: `${head}Transfer-Encoding: chunked\r\n\r\n${"f".repeat(17)}\r\n`,
    answer: one400,
  },
  "a chunk that ends without a CR": {
    bytes: `${head}Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n${smuggled}`,
    answer: one400,
  },
  "a chunk longer than its size": {
    bytes: `${head}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n${smuggled}`,
    answer: one400,
  },
  "HTTP behind the magic of baidu_std": { bytes: `PRPC${head}\r\n`, answer: /^$/ },
  "baidu_std behind a request": {
    bytes: `GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nPRPC\0\0\0\x01\0\0\0\x01x`,
    answer: one400,
  },
  "the preface of HTTP/2 behind a request": {
    bytes: `GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n${preface}`,
    answer: one400,
  },
  "a preface with another version": { bytes: "PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n", answer: one400 },
  "a frame of baidu_std of 4 GiB, it says": {
    bytes: "PRPC\xff\xff\xff\xff\0\0\0\0",
    answer: /^PRPC.*larger than max \(4294967295 vs 20971520\)$/s,
  },
  "a frame of baidu_std all meta, of 1 MiB, it says": { bytes: "PRPC\0\x10\0\0\0\x10\0\0", answer: /^$/ },
  "two lengths": {
    bytes: `${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\n`,
    answer: /^HTTP\/1\.1 400 /,
  },
  "a negative length": { bytes: `${head}Content-Length: -1\r\n\r\n`, answer: /^HTTP\/1\.1 400 / },
  "a length beyond 64 bits": {
    bytes: `${head}Content-Length: ${"9".repeat(30)}\r\n\r\n`,
    answer: /^HTTP\/1\.1 400 /,
  },
  "a chunk size that is no number": {
    bytes: `${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
    answer: /^HTTP\/1\.1 400 /,
  },
  "20 KiB of headers": { bytes: `${head}X: ${"x".repeat(20_000)}\r\n\r\n`, answer: tooLarge },
  "20 000 headers": { bytes: `${head}${"x:1\r\n".repeat(20_000)}\r\n`, answer: tooLarge },
  "a body of 65 537 chunks": {
    bytes: `${head}Transfer-Encoding: chunked\r\n\r\n${"1\r\n \r\n".repeat(65_537)}`,
    answer: /^HTTP\/1\.1 413 .*\r\nx-bd-error-code: 90\r\n.*body: more than 65536 chunks/s,
  },
  "an HTTP/2 preface and rubbish": { bytes: preface + "x".repeat(100), answer: /^/ },
  "an HTTP/2 preface and a frame of 16 MB, it says": {
    bytes: bytes(Buffer.from(preface), [0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]),
    answer: /^/,
  },
};

interface HostileCall {
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message as gRPC frames it: a flag for packed ones, the length, the bytes. */
function frame(message: Buffer, flag = 0, length: number = message.length): Buffer {
  const prefix = Buffer.alloc(5, flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

const good = encodeRequest(goodRequests.linear.request);

/** Calls whose frames or headers are wrong; each must end with a status that is not 0. */
const calls: Readonly<Record<string, HostileCall>> = {
  "no message": { body: Buffer.alloc(0) },
  "half a frame": { body: frame(good).subarray(0, 3) },
  "a frame longer than its bytes": { body: frame(good, 0, good.length + 9) },
  "a frame of 4 GiB, it says": { body: frame(good, 0, 2 ** 32 - 1) },
  "two messages": { body: Buffer.concat([frame(good), frame(good)]) },
  "packed, without a name for how": { body: frame(gzipSync(good), 1) },
  "packed in a way nobody knows": { body: frame(good, 1), headers: { "grpc-encoding": "br" } },
  "gzip that is none": { body: frame(good, 1), headers: { "grpc-encoding": "gzip" } },
  "gzip cut off": { body: frame(gzipSync(good).subarray(0, -9), 1), headers: { "grpc-encoding": "gzip" } },
  "gzip that unpacks to 21 MiB": {
    body: frame(gzipSync(Buffer.alloc(21 * 1024 * 1024)), 1),
    headers: { "grpc-encoding": "gzip" },
  },
  "a deadline that has passed": { body: frame(good), headers: { "grpc-timeout": "0n" } },
  "a deadline that is no time": { body: frame(good), headers: { "grpc-timeout": "soon" } },
};

describe("hostile connections", () => {
  let server: StartedServer;
  let clients: readonly WireClient[];

  before(async () => {
    server = await serveModel({ model: linear() }, ["--max_body_size", String(20 * 1024 * 1024)]);
    clients = wireClients(server.port);
  });

  after(async () => {
    for (const client of clients) client.close();
    await server[Symbol.asyncDispose]();
  });

  async function checkAlive(): Promise<void> {
    for (const client of clients) {
      const { response } = await client.send(client.encode(goodRequests.linear.request));
      assert.deepEqual(response?.outputs[0]?.tensor[0]?.float_data, [14.5], client.protocol);
    }
  }

  for (const [what, { bytes: opening, answer }] of Object.entries(openings)) {
    test(`${what}: the connection is closed`, async () => {
      const socket = connect({ port: server.port, host: "127.0.0.1" });
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      socket.write(opening, "latin1");
      // A reset may overtake the answer where more was sent than was read.
      await untilClosed(socket);
      assert.match(Buffer.concat(chunks).toString("latin1"), answer);
      await checkAlive();
    });
  }

  for (const [what, { body, headers }] of Object.entries(calls)) {
    test(`a gRPC call with ${what}: it fails and others do not`, async () => {
      assert.notEqual((await rawCall(server.port, body, headers))["grpc-status"], "0");
      await checkAlive();
    });
  }
});

/** A call with bytes of our own in place of frames; gives the headers that hold its status. */
async function rawCall(
  port: number,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<IncomingHttpHeaders> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  const path = `/${serviceName}/inference`;
  const usual = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
  const stream = session.request({ ...usual, ...headers });
  let status: IncomingHttpHeaders = {};
  for (const event of ["response", "trailers"] as const) {
    stream.on(event, (received: IncomingHttpHeaders) => {
      status = { ...status, ...received };
    });
  }
  stream.end(body);
  await buffer(stream).catch(() => {});
  session.destroy();
  return status;
}

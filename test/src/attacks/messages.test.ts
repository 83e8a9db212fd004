import assert from "node:assert/strict";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { buffer } from "node:stream/consumers";
import { after, before, beforeEach, describe, test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { Code } from "@paddlewheel/core";
import { CompressType, packMessage } from "@paddlewheel/wire";
import { bytesField, repeated, tag, tensorField, varintField } from "../e2e/bad-input/wire-bytes.js";
import { BaiduStdConnection } from "../e2e/baidu-std-connection.js";
import { httpRequest, type WireClient, wireClients } from "../e2e/clients.js";
import { goodRequests } from "../e2e/good-requests.js";
import { encodeRequest, serviceName } from "../e2e/proto-messages.js";
import { serveModel } from "../e2e/serve-model.js";
import { linear } from "../e2e/served-models.js";
import type { StartedServer } from "../harness/start-server.js";

const path = `/${serviceName}/inference`;
const good = encodeRequest(goodRequests.linear.request);

/** What it becomes is far more than may be sent. */
const bomb = Buffer.alloc(32 * 1024 * 1024);
const maxBodySize = 20 * 1024 * 1024;

/** Number and text of an error; 0 for success. */
type Outcome = readonly [number: number, text: string];

async function overHttp(port: number, body: Buffer, headers: Record<string, string> = {}): Promise<Outcome> {
  const type = { "content-type": "application/proto" };
  const reply = await httpRequest({ port, body, headers: { ...type, ...headers } });
  return [
    Number(reply.headers["x-bd-error-code"] ?? 0),
    reply.status === 200 ? "" : reply.body.toString("utf8"),
  ];
}

/** A request over HTTP/2, plain or of gRPC. */
async function overHttp2(port: number, body: Buffer, headers: Record<string, string>): Promise<Outcome> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ":method": "POST", ":path": path, te: "trailers", ...headers });
  let status: IncomingHttpHeaders = {};
  for (const event of ["response", "trailers"] as const) {
    stream.on(event, (received: IncomingHttpHeaders) => {
      status = { ...status, ...received };
    });
  }
  stream.end(body);
  const answer = await buffer(stream);
  session.close();
  const isOk = Number(status[":status"]) === 200;
  const ofGrpc = status["grpc-message"];
  const text =
    ofGrpc === undefined ? (isOk ? "" : answer.toString("utf8")) : decodeURIComponent(String(ofGrpc));
  return [Number(status["x-bd-error-code"] ?? 0), text];
}

function overGrpc(port: number, message: Buffer, headers: Record<string, string> = {}): Promise<Outcome> {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8("grpc-encoding" in headers ? 1 : 0);
  prefix.writeUInt32BE(message.length, 1);
  return overHttp2(port, Buffer.concat([prefix, message]), {
    "content-type": "application/grpc",
    ...headers,
  });
}

interface BaiduStdOptions {
  readonly compressType?: CompressType;
  readonly timeoutMs?: number;
}

async function overBaiduStd(
  port: number,
  message: Uint8Array,
  { compressType = CompressType.none, timeoutMs = 0 }: BaiduStdOptions = {},
): Promise<Outcome> {
  const connection = new BaiduStdConnection(port);
  const request = { serviceName, methodName: "inference", timeoutMs };
  const answer = await connection.call(request, message, { compressType });
  connection.close();
  const { errorCode = Number.NaN, errorText = "" } = answer?.meta.response ?? {};
  return [errorCode, errorText];
}

function packedBySnappy(): Uint8Array {
  const packed = packMessage(bomb, CompressType.snappy);
  if (packed instanceof Promise) throw new TypeError("snappy packs at once");
  return packed.bytes;
}

type Attack = (port: number) => Promise<Outcome>;

const gzip = { "grpc-encoding": "gzip" };
const proto = { "content-type": "application/proto" };

const bombs: Readonly<Record<string, Attack>> = {
  "gzip over HTTP/1.1": (port) => overHttp(port, gzipSync(bomb), { "content-encoding": "gzip" }),
  "gzip over HTTP/2": (port) => overHttp2(port, gzipSync(bomb), { ...proto, "content-encoding": "gzip" }),
  "gzip over gRPC": (port) => overGrpc(port, gzipSync(bomb), gzip),
  "deflate over gRPC": (port) => overGrpc(port, deflateSync(bomb), { "grpc-encoding": "deflate" }),
  "gzip over baidu_std": (port) => overBaiduStd(port, gzipSync(bomb), { compressType: CompressType.gzip }),
  "zlib over baidu_std": (port) => overBaiduStd(port, deflateSync(bomb), { compressType: CompressType.zlib }),
  "snappy over baidu_std": (port) =>
    overBaiduStd(port, packedBySnappy(), { compressType: CompressType.snappy }),
  "snappy of 4 GiB, it says, over baidu_std": (port) =>
    overBaiduStd(port, Buffer.from("ffffffff0f00", "hex"), { compressType: CompressType.snappy }),
};

const everyWay: Readonly<Record<string, (port: number, message: Buffer) => Promise<Outcome>>> = {
  "HTTP/1.1": overHttp,
  "HTTP/2": (port, message) => overHttp2(port, message, proto),
  gRPC: overGrpc,
  baidu_std: overBaiduStd,
};

/** 4 MB each, which would become hundreds of them. */
const crowds: Readonly<Record<string, readonly [message: Buffer, code: Code, text: string]>> = {
  "a million tensors of no elements": [
    repeated(1_000_000, tensorField(varintField(11, 0))),
    Code.invalidArgument,
    "the message has more than 256 tensors",
  ],
  "two million names without a byte": [
    repeated(2_000_000, bytesField(2)),
    Code.invalidArgument,
    "the message has more than 256 names in fetch_var_names",
  ],
  "two million groups in each other": [
    repeated(2_000_000, tag(15, 3)),
    Code.malformedRequest,
    "wire type 3 at byte 0, which proto3 does not have",
  ],
  "two million empty strings": [
    tensorField(bytesField(13, "x"), repeated(2_000_000, bytesField(9))),
    Code.invalidArgument,
    "the message has more than 1000000 strings",
  ],
};

/** Longer than any timer holds. */
const timeouts: Readonly<Record<string, Attack>> = {
  "600H over gRPC": (port) => overGrpc(port, good, { "grpc-timeout": "600H" }),
  "99999999H over gRPC": (port) => overGrpc(port, good, { "grpc-timeout": "99999999H" }),
  "2147484S over gRPC": (port) => overGrpc(port, good, { "grpc-timeout": "2147484S" }),
  "600H over HTTP/1.1": (port) => overHttp(port, good, { "grpc-timeout": "600H" }),
  "600H over HTTP/2": (port) => overHttp2(port, good, { ...proto, "grpc-timeout": "600H" }),
  "2^31-1 ms over baidu_std": (port) => overBaiduStd(port, good, { timeoutMs: 2 ** 31 - 1 }),
};

describe("messages that cost more than they weigh", () => {
  let server: StartedServer;
  let clients: readonly WireClient[];
  let tooLarge = 0;

  before(async () => {
    server = await serveModel({ model: linear() }, ["--max_body_size", String(maxBodySize)]);
    clients = wireClients(server.port);
  });

  after(async () => {
    for (const client of clients) client.close();
    await server[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    tooLarge = await refusedMessages();
  });

  async function refusedMessages(): Promise<number> {
    const { body } = await httpRequest({ port: server.port, method: "GET", path: "/metrics" });
    return Number(/^limit_exceeded_total\{limit="message_size"\} (\d+)$/m.exec(body.toString())?.[1] ?? 0);
  }

  async function checkOthers(): Promise<void> {
    for (const client of clients) {
      const { response } = await client.send(client.encode(goodRequests.linear.request));
      assert.deepEqual(response?.outputs[0]?.tensor[0]?.float_data, [14.5], client.protocol);
    }
  }

  for (const [what, send] of Object.entries(bombs)) {
    test(`${what}: what unpacks to 32 MiB is refused by message_size`, async () => {
      const [number, text] = await send(server.port);
      assert.equal(number, Code.messageTooLarge, text);
      assert.match(text, /unpacks to|larger than/);
      assert.equal(await refusedMessages(), tooLarge + 1);
      await checkOthers();
    });
  }

  for (const [what, [message, code, text]] of Object.entries(crowds)) {
    for (const [way, send] of Object.entries(everyWay)) {
      test(`${what} over ${way} are refused before they are made`, async () => {
        const [number, said] = await send(server.port, message);
        assert.deepEqual([number, said.includes(text)], [code, true], said);
        await checkOthers();
      });
    }
  }

  for (const [what, send] of Object.entries(timeouts)) {
    test(`a deadline of ${what} has not passed at once`, async () => {
      assert.deepEqual(await send(server.port), [0, ""]);
    });
  }
});

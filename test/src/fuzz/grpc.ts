import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { data, endHeaders, frame, setting, windowUpdate } from "../attacks/http2-frames.js";
import { goodRequests } from "../e2e/good-requests.js";
import { encodeRequest, serviceName } from "../e2e/proto-messages.js";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import type { FuzzedProtocol } from "./fuzzed-protocol.js";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const message = encodeRequest(goodRequests.linear.request);

/** A field of a header block without indexing or Huffman code. Source: RFC 7541 §6.2.2. */
function field(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

/** Of at most 126 bytes. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
}

/** `:method: POST` and `:scheme: http` by their places in the static table, and the fields of a call. */
function call(streamId: number, fields: Readonly<Record<string, string>> = {}): Buffer {
  const all = {
    ":path": `/${serviceName}/inference`,
    "content-type": "application/grpc",
    te: "trailers",
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => field(name, value));
  return frame("HEADERS", {
    streamId,
    flags: endHeaders,
    payload: Buffer.concat([Buffer.of(0x83, 0x86), ...lines]),
  });
}

function grpcFrame(bytes: Buffer, flag = 0): Buffer {
  const prefix = Buffer.of(flag, 0, 0, 0, 0);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** What a client of another maker sent to another server, a frame each. */
function recorded(client: string): readonly Buffer[] {
  const file = join(repositoryRoot, `packages/http2/src/conformance/recorded/${client}.bin`);
  const bytes = readFileSync(file).subarray(preface.length);
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += (frames.at(-1) ?? bytes).length) {
    frames.push(bytes.subarray(at, at + 9 + bytes.readUIntBE(at, 3)));
  }
  return frames;
}

export const grpc: FuzzedProtocol = {
  name: "gRPC",
  preface: Buffer.concat([preface, frame("SETTINGS")]),
  frames: [
    Buffer.concat([call(1), data(1, grpcFrame(message), true)]),
    Buffer.concat([
      call(3, { "grpc-timeout": "5S", "x-request-id": "fuzz" }),
      data(3, grpcFrame(message), true),
    ]),
    Buffer.concat([call(5, { "grpc-encoding": "gzip" }), data(5, grpcFrame(gzipSync(message), 1), true)]),
    Buffer.concat([
      call(7, { ":path": "/grpc.health.v1.Health/Check" }),
      data(7, grpcFrame(Buffer.alloc(0)), true),
    ]),
    Buffer.concat([
      call(9, { ":path": "/model/prediction", "content-type": "application/json" }),
      data(9, Buffer.from('{"feed":[{"x":[1,2,3]}],"fetch":[]}'), true),
    ]),
    Buffer.concat([
      call(11),
      data(11, grpcFrame(message).subarray(0, 9)),
      data(11, grpcFrame(message).subarray(9), true),
    ]),
    frame("SETTINGS", { flags: 1 }),
    frame("SETTINGS", { payload: setting(4, 65_535) }),
    frame("PING", { payload: Buffer.alloc(8) }),
    windowUpdate(0, 65_535),
    ...["grpcio", "grpc-js", "node", "curl"].flatMap(recorded),
  ],
  // SETTINGS, on no stream, are no text.
  answers: /^(?:[^A-Z]|HTTP\/1\.1 [45]\d\d |$)/s,
};

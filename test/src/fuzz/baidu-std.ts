import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CompressType, encodeFrameHead, type OutgoingMeta, packMessage } from "@paddlewheel/wire";
import { goodRequests } from "../e2e/good-requests.js";
import { encodeRequest, serviceName } from "../e2e/proto-messages.js";
import { tensorMessage } from "../e2e/tensor-values.js";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import type { FuzzedProtocol } from "./fuzzed-protocol.js";

const request = { serviceName, methodName: "inference" };
const message = encodeRequest(goodRequests.linear.request);
/** Large enough to be packed. */
const manyRows = encodeRequest({
  tensor: [tensorMessage("float32", { name: "x", shape: [200, 3], values: Array<number>(600).fill(1) })],
});

function frame(meta: OutgoingMeta, payload: Uint8Array | string = message): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([encodeFrameHead({ request, correlationId: 7n, ...meta }, bytes.length), bytes]);
}

/** zlib does messages of this size on the spot. */
function packed(compressType: CompressType): Buffer {
  const result = packMessage(manyRows, compressType);
  if (result instanceof Promise)
    throw new TypeError("the message is not so large that it is packed elsewhere");
  return frame({ compressType: result.compressType }, result.bytes);
}

/** Frames that brpc's own client sent. */
function recordedFrames(): readonly Buffer[] {
  const file = join(repositoryRoot, "packages/server/src/conformance/baidu-std/recorded.json");
  const { frames } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly frames: Readonly<Record<string, { readonly requests: readonly string[] }>>;
  };
  return Object.values(frames).flatMap(({ requests }) => requests.map((hex) => Buffer.from(hex, "hex")));
}

export const baiduStd: FuzzedProtocol = {
  name: "baidu_std",
  preface: Buffer.alloc(0),
  frames: [
    ...recordedFrames(),
    frame({}),
    packed(CompressType.snappy),
    packed(CompressType.gzip),
    packed(CompressType.zlib),
    frame({ attachmentSize: 4 }, Buffer.concat([message, Buffer.from("more")])),
    frame({ contentType: 1 }, '{"tensor":[{"name":"x","elem_type":1,"shape":[1,3],"float_data":[1,2,3]}]}'),
    frame({ userFields: [["x-request-id", "fuzz"]], authenticationData: Buffer.from("token") }),
    frame({ request: { ...request, timeoutMs: 50, logId: 9n, requestId: "fuzz" } }),
    frame({ request: { serviceName: "grpc.health.v1.Health", methodName: "Check" } }, ""),
    frame({ request: { serviceName: "brpc.health", methodName: "default_method" } }, ""),
  ],
  answers: /^(?:PRPC|HTTP\/1\.1 [45]\d\d |$)/,
};

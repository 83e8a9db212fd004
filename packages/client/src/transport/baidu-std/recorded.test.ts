import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { codeName } from "@paddlewheel/core";
import { FrameCutter, MetaDecoder, type RpcMeta, unpackMessage } from "@paddlewheel/wire";
import { resolveSecurity } from "../../security/client-security.js";
import { BaiduStdPeer } from "../../testing/baidu-std-peer.js";
import { startAttempt } from "../../testing/outgoing-call.js";
import type { CompressType, OutgoingCall } from "../host-transport.js";
import { BaiduStdTransport } from "./transport.js";

/** What went over connections between brpc's own client and server; the server's conformance tests have told of it. */
interface Recorded {
  readonly frames: Readonly<Record<string, { requests: readonly string[]; responses: readonly string[] }>>;
}

const file = new URL("../../../../server/src/conformance/baidu-std/recorded.json", import.meta.url);
const { frames } = JSON.parse(readFileSync(file, "utf8")) as Recorded;

interface Frame {
  readonly meta: RpcMeta;
  readonly payload: Uint8Array;
}

function readFrame(hex: string): Frame {
  const found: Frame[] = [];
  const metas = new MetaDecoder();
  const visitor = {
    onFrame: (meta: Uint8Array, payload: Uint8Array) => found.push({ meta: metas.decode(meta), payload }),
    onUnreadableFrame: () => assert.fail("it can be read"),
    onOversizedFrame: () => assert.fail("it is small"),
  };
  new FrameCutter({ visitor, maxFrameSize: 1_000_000 }).push(Buffer.from(hex, "hex"));
  const [frame] = found;
  assert.ok(frame && found.length === 1);
  return frame;
}

/** The message of a frame, unpacked. */
async function messageOf({ meta, payload }: Frame): Promise<Buffer> {
  const packed = payload.subarray(0, payload.length - meta.attachmentSize);
  const options = { compressType: meta.compressType, maxMessageSize: 1_000_000 };
  return Buffer.from(await unpackMessage(packed, options));
}

/** What a request asks for, but for its ids, for the time it has, which brpc keeps to itself, and for its packing. */
async function meaningOf(frame: Frame): Promise<object> {
  const { request, userFields, authenticationData } = frame.meta;
  assert.ok(request);
  const { serviceName, methodName, logId, requestId } = request;
  return {
    ...{ serviceName, methodName, logId, requestId, userFields },
    authenticationData: Buffer.from(authenticationData).toString(),
    message: (await messageOf(frame)).toString("hex"),
  };
}

let peer: BaiduStdPeer;
before(async () => {
  peer = await new BaiduStdPeer().start();
});
after(() => peer.close());

async function callAs(frame: Frame): Promise<{ transport: BaiduStdTransport; call: Partial<OutgoingCall> }> {
  const { request, userFields, compressType, authenticationData } = frame.meta;
  assert.ok(request);
  const token = Buffer.from(authenticationData).toString() || undefined;
  const security = resolveSecurity(undefined, token);
  const call = {
    service: request.serviceName,
    method: request.methodName,
    message: await messageOf(frame),
    compressType: compressType as CompressType,
    logId: request.logId,
    requestId: request.requestId,
    headers: userFields,
  };
  return { transport: new BaiduStdTransport({ address: peer.address, security }), call };
}

/** The frame with the first id of a connection of ours, in as many bytes as brpc's ids take. */
function withFirstId(hex: string): Buffer {
  return Buffer.from(hex.replace(/208[234]80808010/, "208180808000"), "hex");
}

describe("the client of baidu_std, beside brpc's", () => {
  for (const [name, { requests }] of Object.entries(frames)) {
    const [first] = requests.map(readFrame);
    // It sends no attachments and no JSON.
    if (!first || first.meta.attachmentSize > 0 || first.meta.contentType > 0) continue;
    test(`asks for the same in ${name}`, async () => {
      const { transport, call } = await callAs(first);
      startAttempt(transport, call);
      const sent = await peer.next();
      transport.close();
      assert.deepEqual(await meaningOf(sent), await meaningOf(first));
    });
  }

  for (const [name, { requests, responses }] of Object.entries(frames)) {
    const [request] = requests;
    if (!request) continue;
    for (const [i, hex] of responses.entries()) {
      test(`takes answer ${i + 1} of brpc's server in ${name}`, async () => {
        const answer = readFrame(hex);
        const transport = new BaiduStdTransport({ address: peer.address });
        const attempt = startAttempt(transport, {});
        const { socket } = await peer.next();
        socket.write(withFirstId(hex));
        const outcome = await attempt.outcome;
        transport.close();
        const { errorCode, errorText } = answer.meta.response ?? { errorCode: 0, errorText: "" };
        if ("answer" in outcome) {
          assert.equal(errorCode, 0);
          assert.deepEqual(Buffer.from(outcome.answer.message), await messageOf(answer));
          assert.equal(outcome.answer.attachment?.length ?? 0, answer.meta.attachmentSize);
          assert.deepEqual(outcome.answer.headers, answer.meta.userFields);
        } else {
          assert.equal(outcome.error.message, errorText);
          if (codeName(errorCode)) assert.equal(outcome.error.code, errorCode);
        }
      });
    }
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { checksumOf, FrameCutter, MetaDecoder, type RpcMeta, unpackMessage } from "@paddlewheel/wire";
import { TestServer } from "../test-server.js";
import { goodCall, goodCallId, handMadeFrames } from "./hand-made-frames.js";
import { type Answer, BaiduStdPeer } from "./peer.js";
import { type RecordedAnswer, recorded } from "./recorded.js";
import { recordedServices } from "./recorded-services.js";

/** What an answer says, whatever way it is packed. */
interface Meaning {
  readonly code: number;
  readonly correlationId: bigint;
  readonly message: string;
  readonly attachment: string;
  readonly contentType: number;
  readonly checksumType: number;
}

async function meaningOf({ meta, payload }: Answer): Promise<Meaning> {
  const attachmentSize = Math.max(meta.attachmentSize, 0);
  const end = payload.length - attachmentSize;
  const options = { compressType: meta.compressType, maxMessageSize: 1_000_000 };
  const code = meta.response?.errorCode ?? Number.NaN;
  const message = code === 0 ? await unpackMessage(payload.subarray(0, end), options) : "";
  return {
    code,
    correlationId: meta.correlationId,
    message: Buffer.from(message).toString("hex"),
    attachment: payload.subarray(end).toString("hex"),
    contentType: code === 0 ? meta.contentType : 0,
    checksumType: code === 0 ? meta.checksumType : 0,
  };
}

/** The frames in some bytes. */
function readFrames(bytes: Buffer): readonly Answer[] {
  const frames: Answer[] = [];
  const metas = new MetaDecoder();
  const visitor = {
    onFrame: (meta: Uint8Array, payload: Uint8Array) => {
      frames.push({ meta: metas.decode(meta), payload: Buffer.from(payload) });
    },
    onUnreadableFrame: () => assert.fail("it can be read"),
    onOversizedFrame: () => assert.fail("it is small"),
  };
  new FrameCutter({ visitor, maxFrameSize: 1_000_000 }).push(bytes);
  return frames;
}

const frameOfHex = (hex: string): Answer => {
  const [frame, ...others] = readFrames(Buffer.from(hex, "hex"));
  assert.ok(frame && others.length === 0);
  return frame;
};

async function withPeer(body: (peer: BaiduStdPeer) => Promise<void>): Promise<void> {
  await using server = await new TestServer(recordedServices()).start();
  server.baiduStd.setServing(true);
  const peer = await BaiduStdPeer.connect(server.port);
  try {
    await body(peer);
  } finally {
    peer.close();
  }
}

describe("frames that brpc's client sent", () => {
  /** Where we answer otherwise on purpose. */
  const otherwise: Readonly<Record<string, { readonly why: string; readonly code: Code }>> = {
    err_setfailed_text: {
      why: "errors nobody gave a code are internal, and hide their text",
      code: Code.internal,
    },
    err_wrong_message_type: {
      why: "a known field of another wire type is no unknown field",
      code: Code.malformedRequest,
    },
  };
  /** The recorded server did not answer: its client had left, or it broke the connection at the client's wish. */
  const unanswered = ["err_timeout", "err_close"];

  for (const [name, { requests, responses }] of Object.entries(recorded.frames)) {
    if (unanswered.includes(name)) continue;
    test(`${name} is answered as brpc's server does${otherwise[name] ? `, but ${otherwise[name].why}` : ""}`, () =>
      withPeer(async (peer) => {
        for (const response of responses) {
          const expected = frameOfHex(response);
          const { correlationId } = expected.meta;
          const request = requests.find((frame) => frameOfHex(frame).meta.correlationId === correlationId);
          peer.write(Buffer.from(request ?? "", "hex"));
          const answer = await peer.next();
          assert.ok(answer);
          const meaning = await meaningOf(expected);
          const { code } = otherwise[name] ?? meaning;
          const message = code === Code.ok ? meaning.message : "";
          assert.deepEqual(await meaningOf(answer), { ...meaning, code, message });
          checkText(expected.meta, answer.meta, name);
          checkChecksum(answer);
        }
      }));
  }

  /** The texts of services are the same, without the address and the code in front. */
  function checkText(expected: RpcMeta, { response }: RpcMeta, name: string): void {
    if (!name.startsWith("err_setfailed") || otherwise[name]) return;
    assert.equal(response?.errorText, expected.response?.errorText.replace(/^(\[[^\]]*\]){2}/, ""));
  }

  function checkChecksum({ meta, payload }: Answer): void {
    if (meta.checksumType === 0) return;
    const end = meta.isChecksumWithAttachment ? payload.length : payload.length - meta.attachmentSize;
    assert.deepEqual(Buffer.from(meta.checksumValue), checksumOf(payload.subarray(0, end)));
  }
});

test("an attachment and user fields reach the call, log id and request id its log line", async () => {
  await using server = await new TestServer(recordedServices()).start();
  const peer = await BaiduStdPeer.connect(server.port);
  for (const name of ["echo_log_id", "echo_request_id", "echo_trace"]) {
    peer.write(Buffer.from(recorded.frames[name]?.requests[0] ?? "", "hex"));
    await peer.next();
  }
  peer.close();
  const lines = server.logger.lines.filter(({ message }) => message === "call").map(({ fields }) => fields);
  assert.equal(lines[0]?.logId, "1234567890123");
  assert.equal(lines[1]?.requestId, "req-0001");
  assert.equal(lines[2]?.traceId, `${"0".repeat(16)}${12425325043195838465n.toString(16)}`);
});

describe("frames made by hand", () => {
  /** Where we answer otherwise on purpose. */
  const otherwise: Readonly<
    Record<string, { readonly why: string; readonly codes: readonly number[]; readonly isOpen: boolean }>
  > = {
    gzip_trailing_garbage: {
      why: "zlib here refuses what lies behind gzip",
      codes: [Code.malformedRequest],
      isOpen: true,
    },
    timeout_ms_1_with_sleep: {
      why: "a deadline is kept",
      codes: [Code.deadlineExceeded],
      isOpen: true,
    },
    body_size_over_64MB: {
      why: "the caller is told before the connection ends",
      codes: [Code.messageTooLarge],
      isOpen: false,
    },
    stream_settings: { why: "no stream is opened beside the call", codes: [Code.ok], isOpen: true },
    http_then_prpc: { why: "a connection speaks one protocol", codes: [], isOpen: false },
    prpc_then_http: { why: "a connection speaks one protocol", codes: [Code.ok], isOpen: false },
  };

  test("are those whose answers were recorded", () => {
    assert.deepEqual(new Set(Object.keys(handMadeFrames)), new Set(Object.keys(recorded.probes)));
  });

  for (const [name, { answers, isOpen }] of Object.entries(recorded.probes)) {
    const difference = otherwise[name];
    const title = difference ? `is answered our way: ${difference.why}` : "is answered as brpc's server does";
    test(`${name} ${title}`, () =>
      withPeer(async (peer) => {
        for (const piece of handMadeFrames[name] ?? []) {
          peer.write(piece);
          await new Promise(setImmediate);
        }
        if (difference?.isOpen ?? isOpen) peer.write(isMagic(name) ? goodCall.subarray(2) : goodCall);
        const count = difference?.codes.length ?? answers.length;
        const meanings = await readMeanings(peer, (difference?.isOpen ?? isOpen) ? count + 1 : Infinity);
        if (difference)
          assert.deepEqual(
            meanings.map(({ code }) => code),
            difference.codes,
          );
        else assert.deepEqual(inOrder(meanings), inOrder(await Promise.all(answers.map(recordedMeaning))));
      }));
  }

  /** One more call is to be answered on a connection that stays open; what began with half a magic is half of it. */
  const isMagic = (name: string): boolean => name === "partial_magic_then_nothing";

  /** So many answers, that of the one more call left out; or all until the connection ends. */
  async function readMeanings(peer: BaiduStdPeer, count: number): Promise<readonly Meaning[]> {
    const meanings: Meaning[] = [];
    let isOpen = false;
    for (let i = 0; i < count; i++) {
      const answer = await peer.next();
      if (!answer) break;
      if (answer.meta.correlationId === goodCallId) isOpen = true;
      else meanings.push(await meaningOf(answer));
    }
    assert.equal(isOpen, count < Number.POSITIVE_INFINITY, "whether the connection is open still");
    return meanings;
  }

  function recordedMeaning(answer: RecordedAnswer): Promise<Meaning> {
    const meta = {
      compressType: answer.compressType,
      correlationId: BigInt(answer.correlationId),
      attachmentSize: answer.attachmentSize,
      contentType: answer.contentType,
      checksumType: answer.checksumType === 1 ? 1 : 0,
      response: { errorCode: answer.code, errorText: "" },
    } as RpcMeta;
    return meaningOf({ meta, payload: Buffer.from(answer.payload, "hex") });
  }

  const inOrder = (meanings: readonly Meaning[]): readonly Meaning[] =>
    [...meanings].sort((a, b) => Number(a.correlationId - b.correlationId));
});

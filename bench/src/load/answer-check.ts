import type { CheckedRequest } from "../workloads/workload.js";
import { lengthPrefixSize } from "./length-prefix.js";
import { checkValues } from "./value-check.js";

/** Field numbers of general_model_service.proto on the way from `Response` to the values of its first tensor. */
const outputsField = 1;
const tensorField = 1;
const floatDataField = 2;

type Expected = CheckedRequest["expected"];

/** What is wrong with a length-prefixed message; undefined when it is right. */
export function checkAnswer(body: Uint8Array, expected: Expected): string | undefined {
  return checkPrefix(body) ?? checkMessage(body.subarray(lengthPrefixSize), expected);
}

/**
 * What is wrong with a message: it must be these bytes, or, where values are expected, a `Response` whose first tensor
 * holds them. Only the values are looked at then: time stamps and engine names may differ from answer to answer and from
 * server to server.
 */
export function checkMessage(message: Uint8Array, expected: Expected): string | undefined {
  if (expected instanceof Float32Array) return checkValues(readFloatData(message), expected);
  if (Buffer.compare(message, expected) === 0) return undefined;
  return `the answer is ${hexOf(message)}, ${hexOf(expected)} is right`;
}

/** The beginning of a message, for words. */
function hexOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  const shown = Math.min(byteLength, 32);
  return `0x${Buffer.from(buffer, byteOffset, shown).toString("hex")}${shown < byteLength ? "…" : ""}`;
}

function checkPrefix(body: Uint8Array): string | undefined {
  if (body.length < lengthPrefixSize)
    return `the answer has ${body.length} bytes, less than its length prefix`;
  if (body[0] !== 0) return "the answer is compressed although no compression was offered";
  const given = body.length - lengthPrefixSize;
  const declared = new DataView(body.buffer, body.byteOffset).getUint32(1);
  return declared === given ? undefined : `the answer has ${given} bytes, its length prefix says ${declared}`;
}

/**
 * `float_data` of the first tensor of the first output of a `Response`; empty when there is none. Read by hand, as a
 * generic decoder would cost the loader more than a fast server spends on the whole request.
 */
export function readFloatData(response: Uint8Array): Float32Array {
  const output = findField(response, outputsField);
  const tensor = output && findField(output, tensorField);
  const data = tensor && findField(tensor, floatDataField);
  if (!data) return new Float32Array(0);
  // A copy: the values lie at any offset, and a Float32Array wants a multiple of 4.
  return new Float32Array(new Uint8Array(data).buffer, 0, data.length >>> 2);
}

/** The first length-delimited field of a number; undefined when there is none before the message ends or makes no sense. */
function findField(message: Uint8Array, number: number): Uint8Array | undefined {
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    const content = skipToContent(message, tag.end, tag.value & 7);
    if (tag.value >>> 3 === number && (tag.value & 7) === 2)
      return message.subarray(content.start, content.end);
    at = content.end;
  }
  return undefined;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the content of a field lies, by its wire type. */
function skipToContent(message: Uint8Array, at: number, wireType: number): Span {
  if (wireType === 0) return { start: at, end: readVarint(message, at).end };
  if (wireType === 1) return { start: at, end: at + 8 };
  if (wireType === 5) return { start: at, end: at + 4 };
  if (wireType !== 2) return { start: at, end: Number.POSITIVE_INFINITY };
  const length = readVarint(message, at);
  return { start: length.end, end: length.end + length.value };
}

/** Tags and lengths fit in 32 bits; a longer number is stepped over and its value means nothing. */
function readVarint(message: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = message[at++] ?? 0;
    if (shift < 32) value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, end: at };
  }
}

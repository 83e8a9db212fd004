import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, type MessageCodec, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { arbitraryRequest, arbitraryResponse } from "../testing/arbitrary-message.js";
import { generalRequestCodec } from "./request-codec.js";
import { generalResponseCodec } from "./response-codec.js";

const seed = 20240215;
const rounds = 20_000;
const samples = 200;

describe("damaged messages", () => {
  it("of any kind are read, or refused with a ServeError", () => {
    const random = randomNumbers(seed);
    const codecs = [
      { codec: generalRequestCodec, messages: fc.sample(arbitraryRequest, { seed, numRuns: samples }) },
      { codec: generalResponseCodec, messages: fc.sample(arbitraryResponse, { seed, numRuns: samples }) },
    ] as { codec: MessageCodec<unknown>; messages: unknown[] }[];
    const refused = { bytes: 0, json: 0 };
    for (const { codec, messages } of codecs) {
      const bytes = messages.map((message) => codec.encode(message));
      const texts = messages.map((message) => Buffer.from(codec.encodeJson(message)));
      for (let round = 0; round < rounds / 2; round++) {
        refused.bytes += isRefused(() => codec.decode(damage(bytes, random)));
        refused.json += isRefused(() => codec.decodeJson(damage(texts, random).toString()));
      }
    }
    assert.ok(refused.bytes > rounds / 10 && refused.bytes < rounds, `${refused.bytes} of bytes refused`);
    assert.ok(refused.json > rounds / 10 && refused.json < rounds, `${refused.json} of JSON refused`);
  });
});

function isRefused(decode: () => unknown): 0 | 1 {
  try {
    decode();
    return 0;
  } catch (error) {
    assert.ok(error instanceof ServeError, `threw ${error}`);
    assert.ok(
      error.code === Code.malformedRequest || error.code === Code.invalidArgument,
      `code ${error.code}`,
    );
    return 1;
  }
}

/** One of the samples with a few bytes changed, cut out, doubled or cut off. */
function damage(samplesOfBytes: readonly Uint8Array[], random: (below: number) => number): Buffer {
  let bytes = Buffer.from(samplesOfBytes[random(samplesOfBytes.length)] ?? []);
  for (let times = 1 + random(3); times > 0; times--) {
    const at = random(bytes.length + 1);
    const end = at + random(8);
    const kind = random(5);
    if (kind === 0) bytes = bytes.subarray(0, at);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    else if (kind === 3) bytes.subarray(at, end).fill(0xff);
    else if (at < bytes.length) bytes[at] = random(256);
  }
  return bytes;
}

/** A small generator of equal sequences for equal seeds (mulberry32). */
function randomNumbers(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

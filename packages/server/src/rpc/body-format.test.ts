import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type MessageCodec, ServeError } from "@paddlewheel/core";
import { bodyFormat, bodyFormatOfNumber, decodeBody, encodeBody, hasFormat } from "./body-format.js";

/** Shows which function of the codec was called. */
const codec: MessageCodec<string> = {
  typeName: "test.Text",
  decode: (bytes) => `bytes ${Buffer.from(bytes)}`,
  encode: (message) => Buffer.from(`bytes ${message}`),
  decodeJson: (text) => `JSON ${text}`,
  encodeJson: (message) => `JSON ${message}`,
  protoJson: { decode: (text) => `proto-json ${text}`, encode: (message) => `proto-json ${message}` },
  protoText: { decode: (text) => `proto-text ${text}`, encode: (message) => `proto-text ${message}` },
};
const { protoJson: _json, protoText: _text, ...plainCodec } = codec;
const maxJsonSize = 10;

describe("the format of a body", () => {
  const cases: [contentType: string | undefined, answered: string, shown: string, number: number][] = [
    ["application/proto", "application/proto", "bytes", 0],
    ["application/x-protobuf", "application/x-protobuf", "bytes", 0],
    ["application/json", "application/json", "JSON", 1],
    ["application/proto-json", "application/proto-json", "proto-json", 2],
    ["application/proto-text", "application/proto-text", "proto-text", 3],
    ["Application/Proto-JSON; charset=utf-8", "application/proto-json", "proto-json", 2],
    ["application/x-www-form-urlencoded", "application/json", "JSON", 1],
    ["application/protobuf", "application/json", "JSON", 1],
    ["", "application/json", "JSON", 1],
    [undefined, "application/json", "JSON", 1],
  ];
  for (const [contentType, answered, shown, number] of cases) {
    test(`of content type ${contentType} is ${shown}`, () => {
      const format = bodyFormat(contentType);
      assert.deepEqual([format.contentType, format.number], [answered, number]);
      assert.equal(decodeBody(codec, Buffer.from("x"), { format, maxJsonSize }), `${shown} x`);
      assert.equal(String(encodeBody(codec, "x", format)), `${shown} x`);
    });
  }

  test("of a number of baidu_std is the one with that number, and protobuf for one nobody knows", () => {
    const numbers = [0, 1, 2, 3, 4, -1, 9].map((number) => bodyFormatOfNumber(number).number);
    assert.deepEqual(numbers, [0, 1, 2, 3, 0, 0, 0]);
  });
});

describe("a body that is text", () => {
  const texts = [
    ["application/json", "JSON"],
    ["application/proto-json", "JSON"],
    ["application/proto-text", "text"],
  ] as const;
  for (const [contentType, name] of texts) {
    const options = { format: bodyFormat(contentType), maxJsonSize };

    test(`has a lower limit (${contentType})`, () => {
      assert.throws(() => decodeBody(codec, Buffer.alloc(11, "x"), options), {
        code: Code.messageTooLarge,
        message: `body: ${name} larger than the limit of 10 bytes, send application/proto instead`,
      });
    });

    test(`must be UTF-8 (${contentType})`, () => {
      const expected = { code: Code.malformedRequest, message: "body: is not UTF-8 text" };
      assert.throws(() => decodeBody(codec, Buffer.from([0xff]), options), expected);
    });
  }
});

describe("a message that is none of protobuf's", () => {
  for (const number of [2, 3]) {
    const format = bodyFormatOfNumber(number);

    test(`has no ${format.contentType}`, () => {
      const refusal = new ServeError(
        Code.malformedRequest,
        "body: message test.Text is none of protobuf's, send application/json instead",
      );
      assert.equal(hasFormat(plainCodec, format), false);
      assert.throws(() => decodeBody(plainCodec, Buffer.from("x"), { format, maxJsonSize }), refusal);
      assert.throws(() => encodeBody(plainCodec, "x", format), refusal);
    });
  }

  test("has the other formats", () => {
    const formats = [0, 1].map((number) => hasFormat(plainCodec, bodyFormatOfNumber(number)));
    assert.deepEqual(formats, [true, true]);
  });
});

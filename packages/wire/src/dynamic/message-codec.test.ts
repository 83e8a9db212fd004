import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@paddlewheel/core";
import { methodOfM } from "../testing/load-proto-text.js";

const proto3 = methodOfM(`syntax = "proto3";
enum Color { UNKNOWN = 0; RED = 1; ALSO_RED = 1; option allow_alias = true; }
message M {
  int32 whole_number = 1; uint64 log_id = 2; string text = 3; bytes raw = 4; float score = 5; bool flag = 6;
  Color color = 7; repeated float class_0_prob = 8; map<string, int32> counts = 9; map<int64, M> by_id = 10;
  M child = 11; repeated M children = 12; optional int32 maybe = 13;
  oneof choice { string name = 14; int64 id = 15; M other = 16; }
  repeated Color colors = 17; repeated string words = 18; repeated bytes blobs = 19; repeated sint64 zigzags = 2000;
}`);

const proto2 = methodOfM(`syntax = "proto2";
enum Level { LOW = 3; HIGH = 7; }
message Inner { required string key = 1; optional bytes value = 2 [default = "ab\\n"]; }
message M {
  required int32 a = 1; optional float b = 2 [default = 1.5]; optional Level level = 3 [default = HIGH];
  optional uint64 log_id = 4 [default = 7]; repeated Inner inner = 5; optional Level plain = 6; repeated Level levels = 7;
  map<string, Inner> named = 8; map<string, Level> graded = 9;
}`);

const empty3 = {
  wholeNumber: 0,
  logId: 0n,
  text: "",
  raw: new Uint8Array(),
  score: 0,
  flag: false,
  color: "UNKNOWN",
  class0Prob: [],
  counts: {},
  byId: {},
  children: [],
  colors: [],
  words: [],
  blobs: [],
  zigzags: [],
};
const empty2 = {
  b: 1.5,
  level: "HIGH",
  logId: 7n,
  inner: [],
  plain: "LOW",
  levels: [],
  named: {},
  graded: {},
};

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("a message of proto3", () => {
  const { request } = proto3;

  it("has every field without presence at its default, and nothing else", () => {
    assert.deepEqual(request.decode(new Uint8Array()), empty3);
    assert.deepEqual(request.decodeJson(""), empty3);
    assert.equal(request.encode(empty3).length, 0);
    assert.equal(request.encodeJson(empty3), "{}");
  });

  const whole = {
    ...empty3,
    wholeNumber: -1,
    logId: 2n ** 64n - 1n,
    text: "größe",
    raw: Uint8Array.of(1, 2),
    score: 0.5,
    flag: true,
    color: "RED",
    class0Prob: [0.25, Number.NaN],
    counts: { b: 0, ["__proto__"]: 5, constructor: 1 },
    byId: { "-9223372036854775808": { ...empty3, text: "x" } },
    child: { ...empty3, child: empty3 },
    children: [empty3, { ...empty3, flag: true }],
    maybe: 0,
    id: -(2n ** 63n),
    colors: ["RED", "UNKNOWN", 9],
    words: ["", "a"],
    blobs: [new Uint8Array(), Uint8Array.of(255)],
    zigzags: [-(2n ** 63n), 2n ** 63n - 1n, -1n],
  };

  it("is the same after bytes and after JSON", () => {
    assert.deepEqual(request.decode(request.encode(whole)), whole);
    assert.deepEqual(request.decodeJson(request.encodeJson(whole)), whole);
  });

  it("writes presence: a field that may be absent is sent at its default too", () => {
    assert.equal(hexOf(request.encode({ maybe: 0 })), "6800");
    assert.equal(request.encodeJson({ maybe: 0 }), '{"maybe":0}');
    assert.equal(hexOf(request.encode({ name: "" })), "7200");
    assert.equal(hexOf(request.encode({ child: {} })), "5a00");
  });

  it("takes numbers for 64-bit integers and enums, and typed arrays for lists", () => {
    const given = {
      logId: 5,
      color: 1,
      class0Prob: Float32Array.of(0.5),
      zigzags: BigInt64Array.of(-2n),
      id: -1,
    };
    const asRead = { logId: 5n, color: "RED", class0Prob: [0.5], zigzags: [-2n], id: -1n };
    assert.deepEqual(request.decode(request.encode(given)), { ...empty3, ...asRead });
    assert.deepEqual(request.decodeJson(request.encodeJson(given)), { ...empty3, ...asRead });
    const converted = request.encode({ class0Prob: Int32Array.of(3, 4) });
    assert.deepEqual(converted, request.encode({ class0Prob: [3, 4] }));
  });

  it("keeps the last member of a oneof that was sent", () => {
    assert.deepEqual(request.decode(bytesOf("7201 61 7805")), { ...empty3, id: 5n });
    assert.deepEqual(request.decode(bytesOf("7805 7201 61")), { ...empty3, name: "a" });
  });

  it("merges a message that was sent in parts", () => {
    assert.deepEqual(request.decode(bytesOf("5a020801 5a021a00 5a021001")), {
      ...empty3,
      child: { ...empty3, wholeNumber: 1, logId: 1n },
    });
    assert.deepEqual(request.decode(bytesOf("5a06 42040000803f 5a05 4500000040")), {
      ...empty3,
      child: { ...empty3, class0Prob: [1, 2] },
    });
  });

  it("reads an entry of a map without key, without value, or with things between", () => {
    const read = (hex: string) => (request.decode(bytesOf(hex)) as typeof empty3).counts;
    assert.deepEqual(read("4a00"), { "": 0 });
    assert.deepEqual(read("4a03 0a0161"), { a: 0 });
    assert.deepEqual(read("4a07 1005 0a0161 1801"), { a: 5 });
  });

  it("keeps the bytes of a view, and copies none of them", () => {
    const bytes = bytesOf("2203010203");
    const { raw } = request.decode(bytes) as typeof empty3;
    assert.equal(raw.buffer, bytes.buffer);
  });
});

describe("a message of proto2", () => {
  const { request } = proto2;

  it("has the declared default where nothing was sent, and says what was set", () => {
    assert.deepEqual(request.decode(bytesOf("0801")), { ...empty2, a: 1 });
    assert.equal(hexOf(request.encode({ a: 0, b: 0 })), "08001500000000");
    assert.equal(request.encodeJson({ a: 0, b: 1.5 }), '{"a":0,"b":1.5}');
    const { inner } = request.decodeJson('{"a":1,"inner":[{"key":""}]}') as { inner: object[] };
    assert.deepEqual(inner, [{ key: "", value: Uint8Array.of(97, 98, 10) }]);
  });

  it("takes a number its enum has no name for as not sent", () => {
    assert.deepEqual(request.decode(bytesOf("0801 1805 3803 3804 3a020703 4a050a01611005")), {
      ...empty2,
      a: 1,
      levels: ["LOW", "HIGH", "LOW"],
    });
  });

  it("reads numbers one by one and packed, whatever the .proto says", () => {
    for (const hex of ["0801 3803 3807", "0801 3a020307"]) {
      assert.deepEqual(request.decode(bytesOf(hex)), { ...empty2, a: 1, levels: ["LOW", "HIGH"] });
    }
    assert.equal(hexOf(request.encode({ a: 1, levels: ["LOW", "HIGH"] })), "080138033807");
  });

  const missing: [hex: string, json: string, message: string][] = [
    ["", "{}", "a: is missing, message M requires it"],
    ["", "", "a: is missing, message M requires it"],
    ["", '{"a":null}', "a: is missing, message M requires it"],
    [
      "0801 2a030a0161 2a00",
      '{"a":1,"inner":[{"key":"a"},{}]}',
      "inner[1].key: is missing, message Inner requires it",
    ],
    [
      "0801 42070a03783a791200",
      '{"a":1,"named":{"x:y":{}}}',
      "named.x:y.key: is missing, message Inner requires it",
    ],
  ];
  for (const [hex, json, message] of missing) {
    it(`is refused when a required field was not sent: ${json} ${message}`, () => {
      assert.throws(() => request.decode(bytesOf(hex)), { code: Code.malformedRequest, message });
      assert.throws(() => request.decodeJson(json), { code: Code.malformedRequest, message });
    });
  }
});

describe("JSON", () => {
  const { request } = proto3;

  it("has the names of the .proto, 64-bit integers as numbers, bytes as base64, enums by name", () => {
    const message = {
      logId: 2n ** 63n,
      raw: Uint8Array.of(251, 255),
      color: "ALSO_RED",
      score: 0.1,
      class0Prob: [Number.POSITIVE_INFINITY],
      byId: { 5: { wholeNumber: 1 } },
      colors: [0, "RED", 9],
    };
    const text =
      '{"log_id":9223372036854775808,"raw":"+/8=","score":0.10000000149011612,"color":"RED","class_0_prob":["Infinity"],"by_id":{"5":{"whole_number":1}},"colors":["UNKNOWN","RED",9]}';
    assert.equal(request.encodeJson(message), text);
  });

  it("is read with text for 64 bits, numbers for enums, null for nothing, names of the .proto alone", () => {
    const text =
      '{"log_id":"18446744073709551615","wholeNumber":5,"whole_number":null,"color":1,"colors":["RED",9],"unknown":{"a":[1]},"class_0_prob":[1,"NaN"]}';
    assert.deepEqual(request.decodeJson(text), {
      ...empty3,
      logId: 2n ** 64n - 1n,
      color: "RED",
      colors: ["RED", 9],
      class0Prob: [1, Number.NaN],
    });
  });

  const refused: [json: string, message: string][] = [
    ["5", "the request: 5 is not an object"],
    ['{"whole_number":"1"}', 'whole_number: "1" is not a number'],
    ['{"whole_number":2147483648}', "whole_number: 2147483648 is outside int32"],
    ['{"log_id":-1}', "log_id: -1 is outside uint64"],
    ['{"zigzags":[1,9223372036854775808]}', "zigzags[1]: 9223372036854775808 is outside int64"],
    ['{"text":5}', "text: 5 is not a string"],
    ['{"words":["a",null]}', "words[1]: null is not a string"],
    ['{"blobs":["!"]}', "blobs[0]: is not base64"],
    ['{"blobs":[null]}', "blobs[0]: null is not a string"],
    ['{"children":{}}', "children: an object is not a list"],
    ['{"children":[{"child":{"flag":1}}]}', "children[0].child.flag: 1 is neither true nor false"],
    ['{"counts":[]}', "counts: a list is not an object"],
    ['{"counts":{"a":null}}', "counts.a: null is not a number"],
    ['{"by_id":{"x":{}}}', "by_id.x: the key is no int64"],
    ['{"color":"BLUE"}', 'color: "BLUE" is no value of Color, which has "UNKNOWN", "RED", "ALSO_RED"'],
    ['{"colors":[1.5]}', "colors[0]: 1.5 is not a whole number"],
    ['{"name":"a","id":1}', "id: is sent beside its rival name; send only one of them"],
  ];
  for (const [json, message] of refused) {
    it(`is refused: ${json}`, () =>
      assert.throws(() => request.decodeJson(json), {
        name: "ServeError",
        code: Code.malformedRequest,
        message,
      }));
  }
});

describe("an object that is no such message", () => {
  const cyclic: { child?: object } = {};
  cyclic.child = cyclic;
  const refused: [object: unknown, message: string][] = [
    [undefined, "the message: must be an object, message M, got undefined"],
    [[], "the message: must be an object, message M, got a list"],
    [{ class0Prob: [1, 2, "x"] }, 'class0Prob[2]: must be a number, got "x"'],
    [{ class0Prob: new DataView(new ArrayBuffer(4)) }, "class0Prob: must be a list, got an object"],
    [{ class0Prob: BigInt64Array.of(1n) }, "class0Prob[0]: must be a number, got 1"],
    [{ score: 1e300 }, "score: must fit a float32, got 1e+300"],
    [{ wholeNumber: 0.5 }, "wholeNumber: must be a whole number from -2147483648 to 2147483647, got 0.5"],
    [{ logId: -1n }, "logId: must be a bigint of uint64, got -1"],
    [{ zigzags: [2 ** 53] }, "zigzags[0]: must be a bigint of sint64, got 9007199254740992"],
    [{ flag: 1 }, "flag: must be true or false, got 1"],
    [{ raw: "x" }, 'raw: must be a Uint8Array, got "x"'],
    [{ words: "x" }, 'words: must be a list, got "x"'],
    [{ color: "BLU" }, 'color: must be one of "UNKNOWN", "RED", "ALSO_RED", got "BLU"'],
    [{ counts: { a: "b" } }, 'counts.a: must be a whole number from -2147483648 to 2147483647, got "b"'],
    [{ counts: [] }, "counts: must be an object of keys and values, got a list"],
    [{ byId: { a: {} } }, "byId.a: the key must be text of int64"],
    [{ children: [{}, { child: 5 }] }, "children[1].child: must be an object, message M, got 5"],
    [{ children: [null] }, "children[0]: must be an object, message M, got null"],
    [{ whole_number: 5 }, 'whole_number: message M has no such field; did you mean "wholeNumber"?'],
    [{ name: "a", id: 5n }, 'name: is set beside "id", only one of them may be'],
    [cyclic, `${Array(32).fill("child").join(".")}: messages are nested deeper than 32 levels`],
  ];
  for (const [object, message] of refused) {
    it(`is refused with its path: ${message}`, () => {
      const { request, response } = proto3;
      for (const encode of [request.encode, request.encodeJson]) {
        assert.throws(() => encode(object as object), { code: Code.invalidArgument, message });
      }
      for (const encode of [response.check, response.encode, response.encodeJson]) {
        assert.throws(() => encode(object as object), {
          code: Code.opFailure,
          message: `op output: ${message}`,
        });
      }
    });
  }

  it("is encoded without a check when it had one", () => {
    const { response } = proto3;
    const message = { name: "a" };
    response.check(message);
    assert.deepEqual(response.unchecked.encode(message), response.encode(message));
    assert.equal(response.unchecked.encodeJson(message), response.encodeJson(message));
  });

  it("is refused when a required field is missing", () => {
    const message = "op output: inner[0].key: is missing, message Inner requires it";
    assert.throws(() => proto2.response.encode({ a: 1, inner: [{}] }), { code: Code.opFailure, message });
  });

  it("may say undefined or null for what is not set", () => {
    const object = { text: undefined, child: null, maybe: undefined, unknown: undefined };
    assert.equal(proto3.response.encode(object).length, 0);
    assert.equal(proto3.response.encodeJson(object), "{}");
  });
});

describe("bytes that are no such message", () => {
  const refused: [hex: string, message: string][] = [
    ["08", "M.whole_number: the varint at byte 1 is cut off"],
    ["0d00000000", "M.whole_number: wire type 5 at byte 0, must be 0"],
    ["2d0000", "M.score: the value at byte 1 wants 4 bytes, more than the 2 left"],
    ["1a01ff", "M.text: the text at byte 1 is not UTF-8"],
    ["4203000000", "M.class_0_prob: 3 bytes at byte 1 are no list of 4-byte values"],
    ["5a0208", "M.child: the length at byte 1 is 2, more than the 1 left"],
    ["4a0208ff", "counts entry.key: wire type 0 at byte 2, must be 2"],
  ];
  for (const [hex, message] of refused) {
    it(`are refused: ${message}`, () =>
      assert.throws(() => proto3.request.decode(bytesOf(hex)), {
        name: "ServeError",
        code: Code.malformedRequest,
        message,
      }));
  }
});

describe("the limits of a message", () => {
  const { request } = proto3;
  const nested = (levels: number): object => (levels === 1 ? {} : { child: nested(levels - 1) });
  const bytesNested = (levels: number): Buffer => {
    let bytes = Buffer.alloc(0);
    for (let i = 1; i < levels; i++) {
      const long = bytes.length > 127;
      const length = long ? [(bytes.length & 127) | 128, bytes.length >> 7] : [bytes.length];
      bytes = Buffer.concat([Buffer.of(0x5a, ...length), bytes]);
    }
    return bytes;
  };

  it("are 32 levels of messages", () => {
    assert.deepEqual(Buffer.from(request.encode(nested(32))), bytesNested(32));
    assert.doesNotThrow(() => request.decode(bytesNested(32)));
    assert.doesNotThrow(() => request.decodeJson(JSON.stringify(nested(32))));
    const refusal = { code: Code.malformedRequest, message: "M: messages are nested deeper than 32 levels" };
    assert.throws(() => request.decode(bytesNested(33)), refusal);
    assert.throws(() => request.decodeJson(JSON.stringify(nested(33))), refusal);
    assert.throws(() => request.decode(bytesNested(3000)), refusal);
  });

  it("are a million fields of all messages, sent or not", () => {
    const wide = Array.from({ length: 99 }, (_, i) => `int32 f${i} = ${i + 2};`).join("");
    const { request } = methodOfM(`syntax = "proto3"; message M { repeated M all = 1; ${wide} }`);
    const message = "M: all messages have more than 1000000 fields together, sent or not";
    const bytes = (count: number): Buffer => Buffer.alloc(2 * count, Buffer.of(0x0a, 0));
    assert.doesNotThrow(() => request.decode(bytes(9_999)));
    assert.throws(() => request.decode(bytes(10_000)), { code: Code.malformedRequest, message });
    const json = JSON.stringify({ all: Array(10_000).fill({}) });
    assert.throws(() => request.decodeJson(json), { code: Code.malformedRequest, message });
  });

  it("are 100000 fields, texts of lists among them", () => {
    const refusal = { code: Code.malformedRequest, message: "M: more than 100000 fields" };
    const bytes = (count: number): Buffer => Buffer.alloc(3 * count, Buffer.of(0x92, 0x01, 0));
    assert.doesNotThrow(() => request.decode(bytes(100_000)));
    assert.throws(() => request.decode(bytes(100_001)), refusal);
    const json = (count: number): string => JSON.stringify({ words: Array(count).fill("") });
    assert.doesNotThrow(() => request.decodeJson(json(99_999)));
    assert.throws(() => request.decodeJson(json(100_000)), refusal);
  });

  it("leave the numbers of lists free", () => {
    const class0Prob = new Array(200_000).fill(0.5);
    assert.deepEqual(request.decode(request.encode({ class0Prob })), { ...empty3, class0Prob });
    assert.deepEqual(request.decodeJson(JSON.stringify({ class_0_prob: class0Prob })), {
      ...empty3,
      class0Prob,
    });
  });
});

describe("merging", () => {
  it("appends lists, merges messages and maps, and lets what was sent overwrite", () => {
    const { response } = proto3;
    const target = {
      text: "a",
      class0Prob: Float32Array.of(1),
      counts: { a: 1, b: 1 },
      child: { text: "x", words: ["x"] },
      maybe: 1,
      name: "n",
      color: "RED",
    };
    const part = {
      ...empty3,
      class0Prob: [2],
      counts: { b: 0, c: 0 },
      child: { ...empty3, wholeNumber: 1, words: ["y"] },
      maybe: 0,
      id: 1n,
    };
    assert.deepEqual(response.merge(target, part), {
      text: "a",
      class0Prob: [1, 2],
      counts: { a: 1, b: 0, c: 0 },
      child: { text: "x", words: ["x", "y"], wholeNumber: 1 },
      maybe: 0,
      id: 1n,
      color: "RED",
    });
    assert.equal(target.name, "n");
  });

  it("does not take a default of proto2 that was filled in for a value, but a required one always", () => {
    const { request, response } = proto2;
    const set = { a: 5, b: 0.25, level: "LOW", logId: 9n };
    const filled = request.decode(bytesOf("0800"));
    assert.deepEqual(response.merge(set, filled), { ...set, a: 0 });
    assert.deepEqual(response.merge(filled, set), { ...empty2, ...set });
  });

  it("refuses what is no message", () => {
    const message = "op output: text: must be a string, got 5";
    assert.throws(() => proto3.response.merge({}, { text: 5 }), { code: Code.opFailure, message });
  });
});

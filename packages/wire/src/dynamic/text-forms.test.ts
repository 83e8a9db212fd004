import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, type TextForm } from "@paddlewheel/core";
import { methodOfM } from "../testing/load-proto-text.js";
import { wireLimits } from "../wire-limits.js";

const { request, response } = methodOfM(`syntax = "proto3";
enum Color { UNKNOWN = 0; RED = 1; BLUE = 2; }
message M {
  int32 whole_number = 1; uint64 log_id = 2; string text = 3; bytes raw = 4; float score = 5; bool flag = 6;
  Color color = 7; repeated float class_0_prob = 8; map<string, int32> counts = 9; map<int64, M> by_id = 10;
  M child = 11; repeated M children = 12; oneof choice { string name = 14; int64 id = 15; }
  repeated int64 ids = 16; repeated string words = 17; double renamed = 18 [json_name = "other"];
}`);
const { request: strict } = methodOfM(
  'syntax = "proto2"; message M { required int32 a = 1; optional M b = 2; }',
);

function formOf(form: TextForm<object> | undefined): TextForm<object> {
  assert.ok(form);
  return form;
}

const json = formOf(request.protoJson);
const text = formOf(request.protoText);
const empty = request.decode(new Uint8Array());

const message = {
  wholeNumber: -1,
  logId: 2n ** 64n - 1n,
  text: 'grö"ße\n',
  raw: Uint8Array.of(0, 255),
  score: Math.fround(0.1),
  flag: true,
  color: "BLUE",
  class0Prob: [0.5, Number.NaN, Number.NEGATIVE_INFINITY, -0],
  counts: { "a b": 1 },
  byId: { "-5": { flag: true } },
  child: {},
  renamed: 0.1,
};

describe("protobuf's standard JSON", () => {
  it("is written with camelCase, text for 64 bits, few digits for floats, and no defaults", () => {
    const expected =
      '{"wholeNumber":-1,"logId":"18446744073709551615","text":"grö\\"ße\\n","raw":"AP8=","score":0.1,"flag":true,' +
      '"color":"BLUE","class0Prob":[0.5,"NaN","-Infinity",-0],"counts":{"a b":1},"byId":{"-5":{"flag":true}},' +
      '"child":{},"other":0.1}';
    assert.equal(json.encode(message), expected);
  });

  const read: [text: string, message: object][] = [
    ["", {}],
    ['{"wholeNumber":1,"log_id":2}', { wholeNumber: 1, logId: 2n }],
    ['{"wholeNumber":"-12","score":"1.5e0","renamed":1}', { wholeNumber: -12, score: 1.5 }],
    [
      '{"wholeNumber":1.0,"logId":1e3,"other":"Infinity"}',
      { wholeNumber: 1, logId: 1000n, renamed: Infinity },
    ],
    ['{"color":2,"unknown":{"a":[1]},"text":null}', { color: "BLUE" }],
    ['{"raw":"_-8"}', { raw: Uint8Array.of(255, 239) }],
    ['{"ids":["1",2]}', { ids: [1n, 2n] }],
  ];
  for (const [source, expected] of read) {
    it(`is read: ${source}`, () => {
      const { renamed = 0, ...rest } = expected as { renamed?: number };
      const given = source.includes('"renamed":1') ? 1 : renamed;
      assert.deepEqual(json.decode(source), { ...empty, ...rest, renamed: given });
    });
  }

  const refused: [text: string, message: string][] = [
    ["[]", "the request: a list is not an object"],
    ['{"wholeNumber":"1x"}', 'whole_number: "1x" is not a number'],
    ['{"wholeNumber":" 1"}', 'whole_number: " 1" is not a number'],
    ['{"wholeNumber":"2147483648"}', "whole_number: 2147483648 is outside int32"],
    ['{"wholeNumber":"1.5"}', "whole_number: 1.5 is not a whole number"],
    ['{"logId":"-1"}', "log_id: -1 is outside uint64"],
    ['{"class0Prob":[1,"1e400"]}', "class_0_prob[1]: the number is outside float64"],
    ['{"color":"GREEN"}', 'color: "GREEN" is no value of Color, which has "UNKNOWN", "RED", "BLUE"'],
    ['{"flag":"true"}', 'flag: "true" is neither true nor false'],
    ['{"name":"a","id":1}', "id: is sent beside its rival name; send only one of them"],
  ];
  for (const [source, reason] of refused) {
    it(`is refused with its path: ${source}`, () => {
      assert.throws(() => json.decode(source), { code: Code.malformedRequest, message: reason });
    });
  }
});

describe("protobuf's text format", () => {
  it("is written as protobuf prints it", () => {
    const expected = `whole_number: -1
log_id: 18446744073709551615
text: "gr\\303\\266\\"\\303\\237e\\n"
raw: "\\000\\377"
score: 0.1
flag: true
color: BLUE
class_0_prob: 0.5
class_0_prob: nan
class_0_prob: -inf
class_0_prob: -0
counts {
  key: "a b"
  value: 1
}
by_id {
  key: -5
  value {
    flag: true
  }
}
child {
}
renamed: 0.1
`;
    assert.equal(text.encode(message), expected);
    assert.equal(text.encode({}), "");
  });

  const read: [text: string, message: object][] = [
    ["", {}],
    [" # nothing\n\t# at all", {}],
    ["whole_number: 0x1F, log_id: 017; flag: t", { wholeNumber: 31, logId: 15n, flag: true }],
    ["whole_number:-1 log_id:1#comment\nflag:1", { wholeNumber: -1, logId: 1n, flag: true }],
    ["whole_number: - 1", { wholeNumber: -1 }],
    [
      "class_0_prob: [1, 2.5f, .5, 1e-3, -inf, Infinity] class_0_prob: nan",
      { class0Prob: [1, 2.5, 0.5, Math.fround(1e-3), -Infinity, Infinity, Number.NaN] },
    ],
    ["ids: [] ids: 5 ids: [-6]", { ids: [5n, -6n] }],
    [
      `text: "a" 'b"' "\\x63\\144\\u00e9\\ud83d\\ude00\\U0001F600\\t\\?"`,
      { text: 'ab"cdé\u{1f600}\u{1f600}\t?' },
    ],
    ['text: "\\x4" "1" raw: "\\1" "2" "é"', { text: "\x041", raw: Uint8Array.of(1, 0x32, 0xc3, 0xa9) }],
    [
      "color: RED children { color: 2 } children: < color: BLUE >",
      {
        color: "RED",
        children: [
          { ...empty, color: "BLUE" },
          { ...empty, color: "BLUE" },
        ],
      },
    ],
    ["children [{flag: True}, {}] child: {}", { children: [{ ...empty, flag: true }, empty], child: empty }],
    [
      'counts { value: 1 key: "a" } counts { key: "b" } counts { key: "a" value: 2 }',
      { counts: { a: 2, b: 0 } },
    ],
    [
      "by_id { key: -1 } by_id: [{ key: 2 value { flag: true } }]",
      { byId: { "-1": empty, 2: { ...empty, flag: true } } },
    ],
    ['counts { key: "__proto__" value: 1 }', { counts: JSON.parse('{"__proto__":1}') }],
  ];
  for (const [source, expected] of read) {
    it(`is read: ${JSON.stringify(source)}`, () => {
      assert.deepEqual(text.decode(source), { ...empty, ...expected });
    });
  }

  const refused: [text: string, message: string][] = [
    ["flag: true\n\nwhole_number: 2147483648", "line 3: whole_number: 2147483648 is outside int32"],
    [
      "children {}\nchildren {\n  whole_number: 1.5\n}",
      'line 3: children[1].whole_number: "1.5" is no value of int32',
    ],
    ["ids: [1,\n2,\nx]", 'line 3: ids[2]: "x" is no value of int64'],
    ["log_id: -1", "line 1: log_id: -1 is outside uint64"],
    ["log_id: 99999999999999999999999", 'line 1: log_id: "99999999999999999999999" is no value of uint64'],
    ["whole_number: 08", 'line 1: whole_number: "08" is no value of int32'],
    ["whole_number: 1e2", 'line 1: whole_number: "1e2" is no value of int32'],
    ['whole_number: "1"', "line 1: whole_number: a string is no value of int32"],
    ["whole_number:", "line 1: whole_number: the end of the text is no value of int32"],
    ["whole_number 1", 'line 1: whole_number: a ":" must follow the name'],
    ["whole_number: 1 whole_number: 2", "line 1: whole_number: is given twice, and is no list"],
    ["whole_number: [1]", 'line 1: whole_number: "[" is no value of int32'],
    ["score: 1e400", "line 1: score: the number is outside float64"],
    ["score: 1.2.3", 'line 1: score: "1.2.3" is no value of float'],
    ["flag: 2", 'line 1: flag: "2" is no value of bool'],
    ["color: GREEN", 'line 1: color: "GREEN" is no value of Color, which has "UNKNOWN", "RED", "BLUE"'],
    ["color: -RED", 'line 1: color: "-RED" is no value of Color'],
    ["text: a", "line 1: text: string is written in quotes"],
    ['flag: t\ntext: "a', "line 2: a string is not closed on its line"],
    ['text: "a\n"', "line 1: a string is not closed on its line"],
    ['text: "\\', "line 1: a string is not closed on its line"],
    ['text: "\\q"', "line 1: text: a backslash begins no escape; write two for one"],
    ['text: "\\xg"', "line 1: text: an escape has no digits"],
    ['text: "\\u12"', "line 1: text: an escape names no character"],
    ['text: "\\U00110000"', "line 1: text: an escape names no character"],
    ['text: "\\ud800"', "line 1: text: half of a surrogate pair is not text"],
    ['text: "\\ud800\\x41"', "line 1: text: half of a surrogate pair is not text"],
    ['text: "\\377"', "line 1: text: the escapes are not UTF-8 text"],
    ['raw: "\\400"', "line 1: raw: the escape \\400 is no byte"],
    ['words: ["a", b]', "line 1: words[1]: string is written in quotes"],
    ["ids: [1", 'line 1: ids: the end of the text stands where "," or "]" must'],
    ["ids: [1 2]", 'line 1: ids: "2" stands where "," or "]" must'],
    ["child {", 'line 1: child: the text ends before its "}"'],
    ["child { flag: t >", 'line 1: child: ">" stands where the name of a field must'],
    ["child: 5", 'line 1: child: "5" stands where "{" must'],
    ["}", 'line 1: M: "}" stands where the name of a field must'],
    ["childen {}", 'line 1: childen: message M has no such field; did you mean "children"?'],
    ["[google.x]: 1", 'line 1: M: "[" stands where the name of a field must'],
    ['name: "a" id: 1', "line 1: id: is sent beside its rival name; send only one of them"],
    ["counts { kex: 1 }", 'line 1: counts.kex: message counts entry has no such field; did you mean "key"?'],
    ["by_id { key: x }", 'line 1: by_id.key: "x" is no value of int64'],
    [`${"child{".repeat(40)}`, "line 1: M: messages are nested deeper than 32 levels"],
    [
      "children {} ".repeat(wireLimits.maxFields + 1),
      "line 1: M: all messages have more than 1000000 fields together, sent or not",
    ],
    ["words: '' ".repeat(wireLimits.maxFields + 1), `line 1: M: more than ${wireLimits.maxFields} fields`],
    [`${"n".repeat(5000)}: 1`, `line 1: ${"n".repeat(64)}…: message M has no such field`],
  ];
  for (const [source, reason] of refused) {
    it(`is refused with line and path: ${JSON.stringify(source.slice(0, 60))}`, () => {
      assert.throws(() => text.decode(source), { code: Code.malformedRequest, message: reason });
    });
  }

  it("must have the required fields", () => {
    const form = formOf(strict.protoText);
    assert.throws(() => form.decode("a: 1 b {}"), { message: "b.a: is missing, message M requires it" });
  });
});

describe("a message that an Op made wrong", () => {
  for (const form of [response.protoJson, response.protoText]) {
    it("is the fault of the Op in every form", () => {
      assert.throws(() => formOf(form).encode({ text: 5 }), {
        code: Code.opFailure,
        message: "op output: text: must be a string, got 5",
      });
    });
  }
});

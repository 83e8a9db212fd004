import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import type { ModelVarConf } from "../engine/engine-conf.js";
import { GeneralBlob } from "../op/general-blob.js";
import { ServeError } from "../serve-error.js";
import type { DType, TensorData } from "../tensor/dtype.js";
import { numberToBfloat16, numberToFloat16 } from "../tensor/float16.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Condition } from "./condition.js";
import { parseCondition } from "./parse-condition.js";

function conditionOf(text: string): Condition {
  const parsed = parseCondition(text);
  if ("fault" in parsed) assert.fail(`${text}: ${parsed.fault}`);
  return parsed.condition;
}

function tensor(dtype: DType, data: TensorData, shape: readonly number[] = [data.length]): Tensor {
  return { dtype, shape, data };
}

function fetchVar(name: string, aliasName: string): ModelVarConf {
  return { name, aliasName, dtype: "float32", shape: [-1], isLodTensor: false };
}

const smallTensors = new Map<string, Tensor>([
  ["fc_0.tmp_1", tensor("float32", Float32Array.of(0.125, 0.5, 0.25), [1, 3])],
  ["label", tensor("int64", BigInt64Array.of(7n), [1, 1])],
  ["found", tensor("bool", Uint8Array.of(1), [])],
  ["mask", tensor("bool", Uint8Array.of(0, 1, 1, 1))],
  ["half", tensor("float16", Uint16Array.from([-2, 1.5], numberToFloat16))],
  ["half_one", tensor("float16", Uint16Array.of(numberToFloat16(1.5)))],
  ["brain", tensor("bfloat16", Uint16Array.from([-2, 1.5], numberToBfloat16))],
  ["word", tensor("string", ["cat"])],
  ["words", tensor("string", ["cat", "dog"])],
  ["grid", tensor("int32", Int32Array.of(1, 2, 3, 4, 5, 6), [3, 2])],
  ["none", tensor("float32", new Float32Array(0), [0, 4])],
  ["waves", tensor("complex64", Float32Array.of(1, 2, 3, 4), [2])],
  ["wave", tensor("complex64", Float32Array.of(1, 2), [1])],
  ["with_nan", tensor("float32", Float32Array.of(3, Number.NaN, 1))],
]);

const outputs = new Map<string, unknown>([
  [
    "small",
    new GeneralBlob(smallTensors, { vars: [fetchVar("fc_0.tmp_1", "prob"), fetchVar("gone", "lost")] }),
  ],
  ["node.1", { and: true, "two words": 2, 'a"b': 3 }],
  ["is-ready", true],
  ["nothing", null],
  [
    "reader",
    {
      kind: "cat",
      score: 0.5,
      big: 9_007_199_254_740_993n,
      notNumber: Number.NaN,
      empty: null,
      images: [{ width: 640 }, { width: 320 }, null],
      sizes: [3, 5n, 1],
      mixed: [1, "two"],
      nested: [[1]],
      bytes: Uint32Array.of(4, 8),
      none: [],
      meta: new Map<unknown, unknown>([
        ["lang", "de"],
        ["unset", null],
        [1, 2],
      ]),
      call: () => 1,
    },
  ],
  ["startup_op", { fetchVarNames: ["prob"], log_id: 0n, logId: 9n, profileServer: false, topK: 3 }],
]);

const holds = (text: string): boolean => conditionOf(text).holds((name) => outputs.get(name));

describe("a condition that holds", () => {
  const conditions = [
    "max(small.prob) < 0.8",
    "max(small.prob) == 0.5",
    "min(small.prob)==0.125",
    "sum(small.prob) == 0.875",
    "mean(small.prob) >= 0.291 and mean(small.prob) <= 0.292",
    "size(small.prob) == 3",
    'max(small."fc_0.tmp_1") > -1e-3',
    "max(small.'fc_0.tmp_1') > -1E+0",
    "0.4 < max(small.prob)",
    "max(small.prob) > min(small.prob)",
    "small.label == 7",
    "small.label != 7.5",
    "small.label < 7.5",
    "small.found",
    "small.found == true",
    "small.found != false",
    "sum(small.mask) == 3",
    "small.mask[0] == false",
    "min(small.half) == -2 and max(small.half) == 1.5 and sum(small.half) == -0.5",
    "min(small.brain) == -2 and max(small.brain) == 1.5 and mean(small.brain) == -0.25",
    "small.half_one == 1.5",
    "small.half[-1] == 1.5",
    "small.word == 'cat'",
    'small.words[1] == "dog"',
    "small.grid[0][1] == 2",
    "sum(small.grid[-1]) == 11",
    "size(small.grid[1]) == 2",
    "small.grid.shape[0] == 3",
    "small.grid.dtype == 'int32'",
    "size(small.grid.data) == 6",
    "size(small.none) == 0 and sum(small.none) == 0",
    "size(small.waves) == 2",
    "size(small.words) == 2",
    "not max(small.with_nan) > 0",
    "not min(small.with_nan) < 5",
    "reader.notNumber != reader.notNumber",
    "not reader.notNumber == reader.notNumber",
    "not (reader.notNumber <= 1 or reader.notNumber >= 1)",
    "reader.kind == 'cat'",
    "reader.kind >= 'Z' and reader.kind < 'cats'",
    "reader.score == 0.5",
    "reader.big == 9007199254740993",
    "reader.big != 9007199254740992",
    "reader.big > 9007199254740992.0",
    "reader.images[0].width > reader.images[1].width",
    "size(reader.images) == 3",
    "max(reader.sizes) == 5 and min(reader.sizes) == 1 and sum(reader.sizes) == 9 and mean(reader.sizes) == 3",
    "reader.nested[0] == 1",
    "reader.bytes[-1] == 8",
    "sum(reader.bytes) == 12",
    "sum(reader.none) == 0",
    "reader.meta.lang == 'de'",
    "startup_op.fetch_var_names[0] == 'prob'",
    "startup_op.fetch_var_names == 'prob'",
    "startup_op.log_id == 0",
    "startup_op.top_k == 3",
    "not startup_op.profile_server",
    "is-ready",
    'present("is-ready")',
    "'node.1'.and",
    '"node.1"."two words" == 2',
    '"node.1".\'a"b\' == 3',
    "present(small)",
    "present(small.prob) == true",
    "present(small.grid[2]) and not present(small.grid[3]) and not present(small.grid[-4])",
    "not present(small.lost)",
    "not present(absent) and not present(absent.field[0])",
    "not present(nothing)",
    "not present(reader.empty) and not present(reader.empty.deeper)",
    "not present(reader.images[2]) and not present(reader.images[3]) and not present(reader.images[-4])",
    "not present(reader.constructor) and not present(reader.__proto__) and not present(reader.toString)",
    "not present(reader.images.length) and not present(reader.kind.length) and not present(reader.kind[0])",
    "not present(reader.meta.size)",
    "present(absent) and absent.x > 1 or true",
    "true or absent.x",
    "not (false and absent.x)",
    "true",
    "false or true and true",
    "true or false and false",
    "not false and true",
    "not not true",
    "( ( true ) )",
    "\n\ttrue\r\n",
  ];
  for (const text of conditions) {
    test(text, () => {
      assert.equal(holds(text), true);
      assert.equal(holds(`not (${text})`), false);
    });
  }
});

describe("a condition that cannot be told", () => {
  const { invalidArgument, opFailure } = Code;
  const errors: readonly (readonly [text: string, message: string, code?: Code])[] = [
    ["absent > 1", 'the output of "absent" is absent: guard it with present(absent)'],
    ['"no.1".x > 1', 'the output of "no.1" is absent: guard it with present("no.1")'],
    ["nothing == 1", 'the output of "nothing" is absent: guard it with present(nothing)'],
    [
      "small.lots < 1",
      '"small" has no tensor "lots", there is "fc_0.tmp_1", "label", "found", "mask", "half", "half_one", "brain", "word", "words", "grid", "none", "waves", "wave", "with_nan", "prob"',
    ],
    ["max(small.prbo) < 1", '"small" has no tensor "prbo"; did you mean "prob"?'],
    ["reader.images[0].depth < 1", '"reader.images[0]" has no field "depth", there is "width"'],
    ["reader.scor < 1", '"reader" has no field "scor"; did you mean "score"?'],
    ["reader.meta.land == 'de'", '"reader.meta" has no field "land"; did you mean "lang"?'],
    ["reader.meta.unset == 'de'", '"reader.meta.unset" is not set: guard it with present(reader.meta.unset)'],
    ["reader.empty == 1", '"reader.empty" is not set: guard it with present(reader.empty)'],
    ["reader.images[2].width > 1", '"reader.images[2]" is not set: guard it with present(reader.images[2])'],
    ["reader.images[3].width > 1", '"reader.images" has 3 elements, there is no [3]'],
    ["reader.images[-4].width > 1", '"reader.images" has 3 elements, there is no [-4]'],
    [
      "reader.images.width > 1",
      '"reader.images" is a list and has no fields: take one element, reader.images[0]',
    ],
    ["reader.kind.length > 1", '"reader.kind" is a string and has no fields'],
    ["reader.kind[0] == 'c'", '"reader.kind" is a string, only lists and tensors have an index'],
    ["reader[0] == 'c'", '"reader" is an object, only lists and tensors have an index'],
    ["small.grid[3] == 1", '"small.grid" has the shape [3, 2], there is no row [3]'],
    ["small.found[0]", '"small.found" has the shape [], there is no row [0]'],
    ["startup_op.topk == 1", '"startup_op" has no field "topk"; did you mean "topK"?', invalidArgument],
    [
      "small.prob < 0.8",
      '"small.prob" has 3 elements where one is needed: choose with min(small.prob), max(), sum(), mean(), size() or an index, small.prob[0]',
    ],
    [
      "small.none < 0.8",
      '"small.none" has 0 elements where one is needed: guard it with size(small.none) > 0',
    ],
    ["small > 1", '"small" is a blob of tensors, must be a number, a string or a boolean'],
    ["reader > 1", '"reader" is an object, must be a number, a string or a boolean'],
    ["reader.call > 1", '"reader.call" is a function, must be a number, a string or a boolean'],
    ["reader.nested > 1", '"reader.nested" is a list, must be a number, a string or a boolean'],
    ["small.wave > 1", '"small.wave" is a tensor of complex64, must be a number, a string or a boolean'],
    ["max(small.waves) > 1", '"small.waves" is a tensor of complex64, max needs a tensor or list of numbers'],
    ["sum(small.words) > 1", '"small.words" is a tensor of string, sum needs a tensor or list of numbers'],
    ["min(reader.mixed) > 1", '"reader.mixed[1]" is a string, min needs a tensor or list of numbers'],
    ["mean(reader.score) > 1", '"reader.score" is a number, mean needs a tensor or list of numbers'],
    ["size(reader.kind) > 1", '"reader.kind" is a string, size needs a tensor or a list'],
    ["min(small.none) > 1", '"small.none" is empty and has no min: guard it with size(small.none) > 0'],
    ["max(reader.none) > 1", '"reader.none" is empty and has no max: guard it with size(reader.none) > 0'],
    ["mean(reader.none) > 1", '"reader.none" is empty and has no mean: guard it with size(reader.none) > 0'],
    ["reader.kind < 3", '"reader.kind < 3" compares a string with a number, both must be of one type'],
    ["reader.big == 'x'", `"reader.big == 'x'" compares a number with a string, both must be of one type`],
    ["small.found == 1", '"small.found == 1" compares a boolean with a number, both must be of one type'],
    ["is-ready < small.found", '"is-ready < small.found" orders booleans, which have only == and !='],
    ["reader.score", '"reader.score" is a number and no condition: compare it'],
    ["startup_op.top_k", '"startup_op.top_k" is a number and no condition: compare it', invalidArgument],
    [
      "startup_op.top_k == 'x'",
      `"startup_op.top_k == 'x'" compares a number with a string, both must be of one type`,
      invalidArgument,
    ],
    [
      "reader.kind == startup_op.top_k",
      '"reader.kind == startup_op.top_k" compares a string with a number, both must be of one type',
      invalidArgument,
    ],
  ];
  for (const [text, message, code = opFailure] of errors) {
    test(text, () => {
      assert.throws(() => holds(text), new ServeError(code, message));
    });
  }

  test("lists few of the names that an object of the caller has", () => {
    const request = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field${i}`, i]));
    const { holds } = conditionOf("startup_op.other > 1");
    assert.throws(() => holds(() => request), { message: /there is "field0", .* "field15" and 48 more$/ });
  });
});

describe("a tensor of the caller's own making", () => {
  const float16 = { dtype: "float16", shape: [1], data: Uint16Array.of(0x3c00) };
  const others: readonly unknown[] = [
    { ...float16, dtype: "float17" },
    { ...float16, data: [1] },
    { ...float16, data: Uint8Array.of(1) },
    { ...float16, shape: "1" },
    { ...float16, shape: [0.5] },
    { ...float16, shape: new Array(17).fill(1) },
    { ...float16, dtype: "constructor" },
  ];
  const { holds } = conditionOf("startup_op.x == 1");

  test("is a tensor when dtype, shape and data are a tensor's, and otherwise an object", () => {
    assert.equal(
      holds(() => ({ x: float16 })),
      true,
    );
    for (const x of others) {
      assert.throws(() => holds(() => ({ x })), {
        message: '"startup_op.x" is an object, must be a number, a string or a boolean',
      });
    }
  });

  test("has the rows there are when its shape promises more", () => {
    const x = { dtype: "int32", shape: [2 ** 40, 3], data: Int32Array.of(1, 2) };
    assert.equal(
      conditionOf("size(startup_op.x[9]) == 0").holds(() => ({ x })),
      true,
    );
  });
});

test("a condition names what it reads, each once", () => {
  const { text, dependencies } = conditionOf(
    "max(b.x) < a.y or present(startup_op.k) and \"c.d\".e == 'f' and a.z > b.w",
  );
  assert.deepEqual(dependencies, ["b", "a", "startup_op", "c.d"]);
  assert.equal(text, "max(b.x) < a.y or present(startup_op.k) and \"c.d\".e == 'f' and a.z > b.w");
});

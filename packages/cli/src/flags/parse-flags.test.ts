import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { UsageError } from "../usage-error.js";
import { type FlagTable, ignoredFlag } from "./flag.js";
import { ignoredFlagNotes } from "./ignored-flags.js";
import { parseFlags } from "./parse-flags.js";

const table: FlagTable = {
  port: { kind: "int", value: "PORT", help: "", max: 65_535 },
  model: { kind: "texts", value: "DIR", help: "" },
  threads: { kind: "ints", help: "" },
  name: { kind: "text", help: "" },
  level: { kind: "text", help: "", choices: ["info", "warn"] },
  use_calib: { kind: "bool", help: "" },
  gpu_ids: ignoredFlag("texts", "there are no cards", "", "-1"),
  use_trt: ignoredFlag("bool", "there is no TensorRT"),
};

/** Flag → value of a command line, and what is left. */
function parse(...args: string[]): { values: Record<string, unknown>; rest: readonly string[] } {
  const { values, positionals } = parseFlags(table, args);
  return { values: Object.fromEntries(values.entries()), rest: positionals };
}

describe("flags", () => {
  test("take their value after a blank or an equals sign", () => {
    assert.deepEqual(parse("--port", "1", "--name=a").values, { port: 1, name: "a" });
  });

  test("may be written with one dash, as gflags are", () => {
    assert.deepEqual(parse("-port", "1", "-use_calib", "-name=a").values, {
      port: 1,
      use_calib: true,
      name: "a",
    });
  });

  test("may be written with hyphens", () => {
    assert.deepEqual(parse("--use-calib").values, { use_calib: true });
  });

  for (const [text, value] of [
    ["True", true],
    ["1", true],
    ["yes", true],
    ["False", false],
    ["0", false],
    ["n", false],
  ] as const) {
    test(`take ${text} for ${value}, as gflags do`, () => {
      assert.deepEqual(parse(`--use_calib=${text}`).values, { use_calib: value });
    });
  }

  test("are switched off by no, as gflags are", () => {
    assert.deepEqual(parse("--nouse_calib").values, { use_calib: false });
  });

  test("of lists take every value up to the next flag", () => {
    const { values, rest } = parse("start", "--model", "a", "b", "--threads", "1", "2", "--port", "3");
    assert.deepEqual(values, { model: ["a", "b"], threads: [1, 2], port: 3 });
    assert.deepEqual(rest, ["start"]);
  });

  test("of lists add up, of others the last counts", () => {
    assert.deepEqual(parse("--model", "a", "--port=1", "--model=b", "c", "--port=2").values, {
      model: ["a", "b", "c"],
      port: 2,
    });
  });

  test("take a negative number as a value", () => {
    assert.deepEqual(parse("--gpu_ids", "-1", "0,1", "-12").values, { gpu_ids: ["-1", "0,1", "-12"] });
  });

  test("end at two dashes", () => {
    assert.deepEqual(parse("--model", "a", "--", "--port"), { values: { model: ["a"] }, rest: ["--port"] });
  });

  test("keep any text that they are given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.deepEqual(parse(`--name=${text}`).values, { name: text });
      }),
    );
  });

  test("that are not there are not among the values", () => {
    const { values } = parseFlags(table, []);
    assert.equal(values.int("port"), undefined);
    assert.equal(values.bool("use_calib"), false);
    assert.equal(values.has("use_calib"), false);
  });

  test("are read only as what they are", () => {
    const { values } = parseFlags(table, ["--port=1"]);
    assert.throws(() => values.text("port"), { name: "TypeError", message: "--port is int, not text" });
    assert.throws(() => values.bool("prot"), { message: "--prot is no flag of this command, not bool" });
  });
});

for (const [args, message] of [
  [["--prot", "1"], 'unknown flag --prot; did you mean "--port"?'],
  [["-prot=1"], 'unknown flag --prot; did you mean "--port"?'],
  [["--x"], "unknown flag --x"],
  [["-x"], "unknown flag -x"],
  [["--nomodel"], 'unknown flag --nomodel; did you mean "--model"?'],
  [["--port"], "--port needs a value: --port PORT"],
  [["--model", "--port", "1"], "--model needs a value, found --port"],
  [["--port=x"], '--port must be a whole number from 0 to 65535, not "x"'],
  [["--port=65536"], '--port must be a whole number from 0 to 65535, not "65536"'],
  [["--port=-1"], '--port must be a whole number from 0 to 65535, not "-1"'],
  [["--port=1e3"], '--port must be a whole number from 0 to 65535, not "1e3"'],
  [["--threads", "1", "two"], '--threads must be a whole number of at least 0, not "two"'],
  [["--level=wran"], '--level must be one of info, warn, not "wran"; did you mean "warn"?'],
  [["--use_calib=maybe"], '--use_calib must be true or false, not "maybe"'],
  [["--use_calib=constructor"], '--use_calib must be true or false, not "constructor"'],
  [["--__proto__=1"], "unknown flag --__proto__"],
  [["--constructor"], "unknown flag --constructor"],
] as const) {
  test(`${args.join(" ")} is refused`, () => {
    assert.throws(
      () => parseFlags(table, args),
      (error) => error instanceof UsageError && error.message === message,
    );
  });
}

describe("a flag without effect", () => {
  const notes = (...args: string[]): string[] => ignoredFlagNotes(table, parseFlags(table, args).values);

  test("says why", () => {
    assert.deepEqual(notes("--use_trt", "--gpu_ids", "0", "--port=1"), [
      "--use_trt has no effect: there is no TensorRT",
      "--gpu_ids has no effect: there are no cards",
    ]);
  });

  test("says nothing when it asks for what is the case", () => {
    assert.deepEqual(notes("--use_trt=false", "--gpu_ids", "-1", "-1"), []);
  });
});

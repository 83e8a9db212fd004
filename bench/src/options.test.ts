import assert from "node:assert/strict";
import { test } from "node:test";
import { help, parseOptions } from "./options.js";

test("without options all suites and contenders run as the suites say", () => {
  assert.deepEqual(parseOptions([]), {
    suites: ["linear", "mlp", "resnet50", "echo", "image", "client"],
    contenders: [],
    protocols: [],
    rounds: undefined,
    seconds: undefined,
    warmupSeconds: undefined,
    inFlight: undefined,
    connections: undefined,
    isQuick: false,
    json: undefined,
    isList: false,
    isHelp: false,
  });
});

test("every option is read", () => {
  const text =
    "--suite mlp --suite linear --contender a --contender b --protocol baidu_std --rounds 2 --seconds 0.5 --warmup 0 --in-flight 16 --connections 4 --quick --json out.json --list --help";
  assert.deepEqual(parseOptions(text.split(" ")), {
    suites: ["mlp", "linear"],
    contenders: ["a", "b"],
    protocols: ["baidu_std"],
    rounds: 2,
    seconds: 0.5,
    warmupSeconds: 0,
    inFlight: 16,
    connections: 4,
    isQuick: true,
    json: "out.json",
    isList: true,
    isHelp: true,
  });
});

test("a wrong value is refused by a message that names its option", () => {
  const cases = [
    ["--suite bert", '--suite: there is no suite "bert", only linear, mlp, resnet50, echo, image, client'],
    ["--protocol http", '--protocol: there is no protocol "http", only grpc, baidu_std'],
    ["--rounds 1.5", '--rounds: "1.5" is not a whole number from 1 to 1000'],
    ["--rounds many", '--rounds: "many" is not a whole number from 1 to 1000'],
    ["--seconds 0", '--seconds: "0" is not a number from 0.1 to 3600'],
    ["--warmup=-1", '--warmup: "-1" is not a number from 0 to 3600'],
    ["--in-flight 0", '--in-flight: "0" is not a whole number from 1 to 10000'],
    ["--connections=", '--connections: "" is not a whole number from 1 to 1000'],
  ];
  for (const [args, message] of cases) {
    assert.throws(() => parseOptions((args ?? "").split(" ")), { name: "RangeError", message });
  }
});

test("an unknown option and a stray word are refused", () => {
  assert.throws(() => parseOptions(["--speed"]), { code: "ERR_PARSE_ARGS_UNKNOWN_OPTION" });
  assert.throws(() => parseOptions(["linear"]), { code: "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL" });
});

test("the help tells every option", () => {
  const options =
    "suite contender protocol rounds seconds warmup in-flight connections quick json list help".split(" ");
  for (const option of options) assert.match(help, new RegExp(`^ {2}--${option} `, "m"));
});

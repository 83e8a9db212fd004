import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { GeneralRequest } from "@paddlewheel/client";
import { tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { UsageError } from "../usage-error.js";
import { abCommand } from "./ab-command.js";
import { readTrial, type Trial } from "./read-trial.js";

const variants = 'variants { tag: "a" naming_conf { cluster: "127.0.0.1:1" } }';
const echo = `predictors { name: "echo" service_name: "test.Echo" proto_file: "echo.proto" ${variants} }`;
const proto = `syntax = "proto3"; package test;
message Text { string text = 1; float score = 2; }
service Echo { rpc inference(Text) returns (Text); rpc shout(Text) returns (Text); }`;

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-ab-"));
  await writeFile(join(dir, "echo.proto"), proto);
});
afterEach(() => rm(dir, { recursive: true }));

async function read(conf: string, ...args: readonly string[]): Promise<Trial> {
  const file = join(dir, "predictors.prototxt");
  await writeFile(file, conf);
  return readTrial(parseFlags(tableOf(abCommand.groups), ["--predictors", file, ...args]).values);
}

describe("the flags of ab report", () => {
  test("name a request for the only endpoint, and have defaults", async () => {
    const { conf, method, request, callCount, concurrency, tolerance } = await read(
      `predictors { ${variants} }`,
      "--feed",
      "x=[1, 2]",
    );
    assert.deepEqual([conf.name, method], ["general_model", "inference"]);
    assert.deepEqual((request as GeneralRequest).tensors[0]?.data, Float32Array.of(1, 2));
    assert.deepEqual([callCount, concurrency, tolerance], [1000, 8, 1e-4]);
  });

  test("give the message of a service with a .proto of its own, and compare its fields", async () => {
    const flags = [
      "--request",
      '{"text": "a"}',
      "--method",
      "shout",
      "-n",
      "5",
      "-c",
      "2",
      "--tolerance",
      "0.1",
    ];
    const trial = await read(echo, ...flags);
    assert.deepEqual([trial.method, trial.request], ["shout", { text: "a", score: 0 }]);
    assert.deepEqual([trial.callCount, trial.concurrency], [5, 2]);
    const { isEqual, differences } = trial.compare(
      { text: "a", score: 1.5 },
      { text: "b", score: 1.55 },
      0.1,
    );
    assert.deepEqual([isEqual, differences], [false, [{ path: "text", message: '"b", not "a"' }]]);
  });

  const one = `predictors { ${variants} }`;
  const wrong: readonly (readonly [conf: string, args: readonly string[], message: string])[] = [
    [one, ["--endpoint", "x"], '--endpoint: there is no "x", there is "general_model"'],
    [`${one} ${echo}`, [], "--endpoint: name one of general_model, echo"],
    [
      one.replace("variants", 'sticky_key: "log_id" variants'),
      [],
      "--endpoint general_model: has a sticky_key, so that a request always goes to the same variant; take it out for the trial",
    ],
    [one, ["--request", "{}"], "--request: the endpoint has no proto_file; give --feed"],
    [one, [], "--feed: name at least one value, NAME=JSON"],
    [echo, ["--feed", "x=1"], "--feed: is for models; the endpoint has a proto_file, give --request"],
    [echo, [], "--request: name the message, as JSON or @FILE"],
    [one, ["--feed", "x=1", "--tolerance", "much"], '--tolerance must be a number from 0 to 1, not "much"'],
  ];
  for (const [conf, args, message] of wrong) {
    test(`are refused: ${message}`, () =>
      assert.rejects(
        read(conf, ...args),
        (error) => error instanceof UsageError && error.message === message,
      ));
  }

  test("tell every fault of the conf", () =>
    assert.rejects(read("predictors { }"), /:1 predictors\[0\]\.variants: is missing, name at least one$/));
});

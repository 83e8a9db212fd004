import assert from "node:assert/strict";
import { test } from "node:test";
import { suiteNames } from "../run/bench-case.js";
import { type ContenderChoice, chooseContenders } from "./contenders.js";

function keysOf(choice: Partial<ContenderChoice>): readonly string[] {
  const all = { contenders: [], protocols: [], suites: suiteNames };
  return chooseContenders({ ...all, ...choice }).map(({ key }) => key);
}

test("a protocol leaves out who speaks another, and keeps the baselines", () => {
  assert.deepEqual(keysOf({ protocols: ["baidu_std"] }), [
    "grpc-js",
    "baidu_std",
    "client-grpc-js",
    "client-baidu_std",
  ]);
});

test("both protocols leave out who has no network", () => {
  assert.equal(keysOf({ protocols: ["grpc", "baidu_std"] }).includes("raw-ort"), false);
});

test("contenders that take part in none of the suites are refused", () => {
  assert.throws(() => keysOf({ contenders: ["raw-ort"], suites: ["echo", "client"] }), {
    name: "RangeError",
    message: "none of the contenders takes part in echo, client: see --list",
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { hasTags, parseFilterStrategy, weightOf } from "./tags.js";

describe("the tag of a server", () => {
  test("has all pairs that are required, in any order", () => {
    assert.ok(hasTags("", []));
    assert.ok(hasTags("3", []));
    assert.ok(hasTags("zone:a,model:v2", ["model:v2"]));
    assert.ok(hasTags("zone:a, model:v2", ["model:v2", "zone:a"]));
    assert.ok(!hasTags("zone:a,model:v20", ["model:v2"]));
    assert.ok(!hasTags("zone:a", ["zone:a", "model:v2"]));
    assert.ok(!hasTags("", ["zone:a"]));
  });

  test("states a weight as a number or as a pair", () => {
    assert.equal(weightOf("3"), 3);
    assert.equal(weightOf("zone:a,weight:7"), 7);
    assert.equal(weightOf("2147483647"), 2_147_483_647);
    for (const tag of ["", "0", "-1", "1.5", "1e3", "3 kg", "2147483648", "weight:", "weight:x", "zone:5"]) {
      assert.equal(weightOf(tag), undefined, tag);
    }
  });
});

describe("a cluster_filter_strategy", () => {
  test("is pairs, or nothing", () => {
    assert.deepEqual(parseFilterStrategy(""), []);
    assert.deepEqual(parseFilterStrategy("Default"), []);
    assert.deepEqual(parseFilterStrategy("zone:a, model:v2"), ["zone:a", "model:v2"]);
  });

  test("of another kind is refused", () => {
    for (const text of ["nearest", "zone:a,", "zone:", ":a"]) {
      const message = `"${text}" is no filter: expected "Default" or "key:value,…"`;
      assert.throws(() => parseFilterStrategy(text), new ServeError(Code.invalidConf, message));
    }
  });
});

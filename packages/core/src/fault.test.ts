import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "./code.js";
import { formatFieldPath, invalidConf } from "./fault.js";

describe("formatFieldPath", () => {
  test("joins names by dots and puts indices in brackets", () => {
    assert.equal(formatFieldPath(["nodes", 2, "dependencies", 0, "name"]), "nodes[2].dependencies[0].name");
    assert.equal(formatFieldPath(["name"]), "name");
    assert.equal(formatFieldPath([0, "name"]), "[0].name");
    assert.equal(formatFieldPath([]), "");
  });
});

describe("invalidConf", () => {
  test("is one error with a line for each fault", () => {
    const error = invalidConf([
      { path: ["port"], message: "must be a number" },
      { path: [], message: "the file is empty" },
    ]);
    assert.equal(error.code, Code.invalidConf);
    assert.equal(error.message, "port: must be a number\nthe file is empty");
  });
});

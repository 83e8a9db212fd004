import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { OpMaker } from "@paddlewheel/server";
import { builderFaults } from "./builder-faults.js";

describe("a builder tells of", () => {
  for (const { what, build, lines } of builderFaults) {
    test(what, () => {
      const error = { name: "ServeError", code: Code.invalidConf, message: lines.join("\n") };
      assert.throws(() => build(new OpMaker()), error);
    });
  }
});

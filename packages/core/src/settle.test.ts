import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settle } from "./settle.js";

const rethrow = (thrown: unknown): never => {
  throw new Error("told", { cause: thrown });
};

describe("settle", () => {
  test("goes on at once with a value that is there", () => {
    assert.equal(
      settle(
        () => 1,
        (value) => value + 1,
        rethrow,
      ),
      2,
    );
  });

  test("goes on with what a promise brings", async () => {
    const settled = settle(
      () => Promise.resolve(1),
      (value) => value + 1,
      rethrow,
    );
    assert.ok(settled instanceof Promise);
    assert.equal(await settled, 2);
  });

  test("hands over what is thrown, now or later", async () => {
    const cause = new Error("why");
    const told = new Error("told", { cause });
    const start = (): never => {
      throw cause;
    };
    assert.throws(() => settle(start, String, rethrow), told);
    await assert.rejects(async () => await settle(() => Promise.reject(cause), String, rethrow), told);
  });

  test("does not hand over what goes wrong afterwards", async () => {
    const succeed = (): never => {
      throw new Error("late");
    };
    assert.throws(() => settle(() => 1, succeed, rethrow), new Error("late"));
    await assert.rejects(async () => await settle(async () => 1, succeed, rethrow), new Error("late"));
  });
});

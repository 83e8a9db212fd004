import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SchemaFiles } from "./schema-files.js";

const inner = { Inner: { fields: {} }, Kind: { values: { NONE: 0 } } };
const message = { fields: { x: { type: "int32", id: 1 } }, nested: inner };
const service = { methods: { run: { requestType: "Outer", responseType: "Outer" } } };
const schema = {
  nested: {
    one: { nested: { Outer: message, State: { values: { ON: 0 } }, Service: service } },
    two: { nested: { Other: { fields: {} } } },
  },
};

function namesOf(files: readonly Uint8Array[] | undefined): string[] | undefined {
  // The name is field 1, and the first.
  return files?.map((bytes) => Buffer.from(bytes.subarray(2, 2 + (bytes[1] ?? 0))).toString());
}

describe("SchemaFiles", () => {
  const files = new SchemaFiles(schema);

  for (const symbol of [
    "one.Outer",
    "one.Outer.Inner",
    "one.Outer.Kind",
    "one.State",
    "one.Service",
    "one.Service.run",
  ]) {
    test(`finds the file of ${symbol}, the others behind it`, () =>
      assert.deepEqual(namesOf(files.ofSymbol(symbol)), ["one.proto", "two.proto"]));
  }

  test("finds a file by its name", () =>
    assert.deepEqual(namesOf(files.ofName("two.proto")), ["two.proto", "one.proto"]));

  test("knows no other names", () => {
    assert.equal(files.ofSymbol("one.Inner"), undefined);
    assert.equal(files.ofSymbol("one"), undefined);
    assert.equal(files.ofName("three.proto"), undefined);
  });

  test("may hold nothing", () => assert.equal(new SchemaFiles({}).ofSymbol("one"), undefined));
});

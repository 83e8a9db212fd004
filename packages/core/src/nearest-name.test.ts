import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nameHint, nearestNameHint } from "./nearest-name.js";

describe("nearestNameHint", () => {
  const cases: { name: string; known: string[]; hint: string }[] = [
    { name: "resise", known: ["reader", "resize"], hint: '; did you mean "resize"?' },
    { name: "GENERALINFEROP", known: ["GeneralInferOp"], hint: '; did you mean "GeneralInferOp"?' },
    { name: "reader", known: ["readers", "readerxx"], hint: '; did you mean "readers"?' },
    { name: "w1", known: ["w2"], hint: '; did you mean "w2"?' },
    { name: "classify", known: ["top", "reader"], hint: "" },
    { name: "abcdefghijkl", known: ["abcdefgh"], hint: "" },
    { name: "abc", known: ["axx"], hint: "" },
    { name: "x", known: ["a"], hint: "" },
    { name: "", known: ["a", ""], hint: "" },
    { name: "reader", known: [], hint: "" },
  ];
  for (const { name, known, hint } of cases) {
    test(`of "${name}" among ${JSON.stringify(known)} is "${hint}"`, () => {
      assert.equal(nearestNameHint(name, known), hint);
    });
  }

  test("offers the first of several names that are equally near", () => {
    assert.equal(nearestNameHint("node", ["nod1", "nod2"]), '; did you mean "nod1"?');
  });
});

test("nameHint lists all names when none is near", () => {
  assert.equal(nameHint("resise", ["reader", "resize"].values()), '; did you mean "resize"?');
  assert.equal(nameHint("classify", ["top", "reader"].values()), ', there is "top", "reader"');
  assert.equal(nameHint("classify", []), ", there is none");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseVersionFile } from "./version-file.js";

test("a version file lists numbers and labels, in any order and between anything", () => {
  const text = "# what we serve\n10, 2\t2\nstable=2 # until Friday\ncanary=11";
  assert.deepEqual(parseVersionFile(text), {
    versions: ["2", "10", "11"],
    labels: { stable: "2", canary: "11" },
  });
});

test("a version file says which of its words is none", () => {
  const refusals: Record<string, string> = {
    "1 02": '"02" is no version; expected 3, or stable=3',
    "stable=": '"stable=" is no version; expected 3, or stable=3',
    "../1": '"../1" is no version; expected 3, or stable=3',
    "7=1": '"7=1" is no version; expected 3, or stable=3',
    "# 1": "lists no version; expected at least one number",
    [Array.from({ length: 101 }, (_, i) => i + 1).join(" ")]: "lists 101 versions, at most 100 are allowed",
  };
  for (const [text, message] of Object.entries(refusals)) {
    assert.throws(() => parseVersionFile(text), { message });
  }
  assert.throws(() => parseVersionFile("x".repeat(60_000)), { message: /^"x{64}…" is no version/ });
});

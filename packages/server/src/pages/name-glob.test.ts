import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createNameFilter } from "./name-glob.js";

const names = ["process_uptime", "process_memory", "pid", "a_qps"];

function matching(list: string): string[] {
  return names.filter(createNameFilter(list));
}

describe("createNameFilter", () => {
  test("takes whole names, * for any text and ? or $ for one character", () => {
    assert.deepEqual(matching("pid"), ["pid"]);
    assert.deepEqual(matching("process_*"), ["process_uptime", "process_memory"]);
    assert.deepEqual(matching("*_*m*"), ["process_uptime", "process_memory"]);
    assert.deepEqual(matching("p?d"), ["pid"]);
    assert.deepEqual(matching("p$d"), ["pid"]);
    assert.deepEqual(matching("id"), []);
    assert.deepEqual(matching(".*"), []);
  });

  test("takes several, divided by ; or ,", () => {
    assert.deepEqual(matching("pid; *_qps"), ["pid", "a_qps"]);
    assert.deepEqual(matching("pid,*_qps,"), ["pid", "a_qps"]);
  });

  test("takes everything when there is none", () => {
    for (const list of ["", ";", " , "]) assert.deepEqual(matching(list), names);
  });

  test("agrees with a regular expression", () => {
    const glob = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), minLength: 1, maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(glob, name, (pattern, text) => {
        const regex = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        assert.equal(createNameFilter(pattern)(text), regex.test(text));
      }),
    );
  });
});

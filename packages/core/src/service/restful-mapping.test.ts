import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { parseRestfulMapping } from "./restful-mapping.js";

describe("a restful mapping", () => {
  const read: [text: string, path: string, method: string][] = [
    ["/v1/predict => inference", "/v1/predict", "inference"],
    ["v1/predict/*=>inference", "/v1/predict/*", "inference"],
    ["  //v1///predict/  =>  debug  ", "/v1/predict", "debug"],
    ["/v1/*/run => go_2", "/v1/*/run", "go_2"],
    ["/a=b/c:d => m", "/a=b/c:d", "m"],
  ];
  for (const [text, path, method] of read) {
    test(`is read: ${text}`, () => assert.deepEqual(parseRestfulMapping(text), { path, method }));
  }

  const refused: [text: string, message: string][] = [
    ["", 'must be "PATH => METHOD", "/v1/predict/* => inference" say, not ""'],
    ["/v1 -> m", 'must be "PATH => METHOD", "/v1/predict/* => inference" say, not "/v1 -> m"'],
    ["/v1 => m => n", 'must be "PATH => METHOD", "/v1/predict/* => inference" say, not "/v1 => m => n"'],
    [" => m", 'must have a path that begins with a fixed segment, not ""'],
    ["/ => m", 'must have a path that begins with a fixed segment, not "/"'],
    ["/* => m", 'must have a path that begins with a fixed segment, not "/*"'],
    ["/a/*/b/* => m", 'must have one "*" at most, not "/a/*/b/*"'],
    ["/a/b* => m", 'must have "*" as a whole segment, not "b*"'],
    ["/a b => m", `must have a path of letters, digits and -._~!$&'()+;=:@, not "a b"`],
    ["/a?b => m", `must have a path of letters, digits and -._~!$&'()+;=:@, not "a?b"`],
    [`${"/a".repeat(17)} => m`, "must have at most 16 segments, not 17"],
    ["/a =>", 'must name one method after "=>", not ""'],
    ["/a => m, /b", 'must name one method after "=>", not "m, /b"'],
  ];
  for (const [text, message] of refused) {
    test(`is refused: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseRestfulMapping(text), { code: Code.invalidConf, message });
    });
  }
});

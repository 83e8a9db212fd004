import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { UsageError } from "../usage-error.js";
import { modelOfFeeds } from "./model-of-feeds.js";
import { parseFeed } from "./parse-feed.js";

describe("parseFeed", () => {
  for (const [text, expected] of [
    ["x=[1, 2.5]", { alias: "x", dtype: undefined, value: [1, 2.5] }],
    ["ids:int64=[[9007199254740993]]", { alias: "ids", dtype: "int64", value: [[9_007_199_254_740_993n]] }],
    ['words=["a=b", "c:d"]', { alias: "words", dtype: undefined, value: ["a=b", "c:d"] }],
    ["x.lod=[0, 2]", { alias: "x.lod", dtype: undefined, value: [0, 2] }],
    ["mask:bool=true", { alias: "mask", dtype: "bool", value: true }],
  ] as const) {
    test(`reads ${text}`, () => assert.deepEqual(parseFeed(text), expected));
  }

  test("reads the values of a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "paddlewheel-feed-"));
    try {
      const file = join(folder, "x.json");
      await writeFile(file, "[[1]]\n");
      assert.deepEqual(parseFeed(`x=@${file}`), { alias: "x", dtype: undefined, value: [[1]] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  for (const [text, message] of [
    ["x", '--feed "x": must be NAME=JSON, NAME:TYPE=JSON or NAME=@FILE'],
    ["x:flaot32=1", '--feed x: unknown type "flaot32"; did you mean "float32"?'],
    ['x={"a":1}', "--feed x: must be a number, a string, true, false or lists of them"],
    ["x=[null]", "--feed x: must be a number, a string, true, false or lists of them"],
  ] as const) {
    test(`refuses ${text}`, () => {
      assert.throws(() => parseFeed(text), new UsageError(message));
    });
  }

  test("says where text stops to be JSON", () => {
    assert.throws(() => parseFeed("x=[1,"), /^UsageError: --feed x: the text is not JSON: /);
  });
});

describe("modelOfFeeds", () => {
  test("takes types from the flags, else from the first element, and free sizes", () => {
    const feeds = ["x=[[1], [2]]", "x.lod=[0, 2]", 'w=["a"]', "i:int64=3"].map(parseFeed);
    const { feedVars } = modelOfFeeds({ feeds, fetches: [], batch: false });
    assert.deepEqual(
      feedVars.map(({ aliasName, dtype, shape }) => [aliasName, dtype, shape]),
      [
        ["x", "float32", [-1, -1]],
        ["w", "string", [-1]],
        ["i", "int64", []],
      ],
    );
  });

  test("leaves the batch axis out of shapes", () => {
    const { feedVars } = modelOfFeeds({ feeds: [parseFeed("x=[[1], [2]]")], fetches: [], batch: true });
    assert.deepEqual(feedVars[0]?.shape, [-1]);
  });
});

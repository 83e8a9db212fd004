import assert from "node:assert/strict";
import { relative } from "node:path";
import { describe, test } from "node:test";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import { codeOf, moduleGraph, resolveEntry } from "./module-graph.js";

/** What Node has and browsers have not. */
const nodeGlobals =
  /\b(Buffer|process|require|global|setImmediate|clearImmediate|__dirname|__filename)\b|\.unref\(/;

describe("@paddlewheel/client/browser", () => {
  test("imports nothing but modules of browsers, and not all of the packages it takes them from", () => {
    const files = [...moduleGraph(resolveEntry("@paddlewheel/client/browser")).keys()].map((file) =>
      relative(repositoryRoot, file),
    );
    assert.ok(files.includes("packages/wire/dist/json/base64.js"));
    for (const name of ["client", "core", "wire"]) {
      assert.ok(!files.includes(`packages/${name}/dist/index.js`), name);
    }
  });

  test("uses no global of Node's", () => {
    for (const [file, { source }] of moduleGraph(resolveEntry("@paddlewheel/client/browser"))) {
      const [used] = nodeGlobals.exec(codeOf(source)) ?? [];
      assert.equal(used, undefined, `${file} uses ${used}`);
    }
  });
});

describe("a look at modules for browsers", () => {
  test("finds what Node alone has", () => {
    assert.throws(
      () => moduleGraph(resolveEntry("@paddlewheel/client")),
      /imports (node:\w+|protobufjs), which browsers have not$/,
    );
    assert.throws(() => resolveEntry("ws"), /imports ws, which browsers have not$/);
    assert.match(codeOf('const a = "process"; // Buffer\nBuffer.from(a);'), nodeGlobals);
  });

  test("takes no text or comment for code", () => {
    assert.doesNotMatch(
      codeOf('f("process", \'require\'); // Buffer\n/* global\n */ g("\\"Buffer");'),
      nodeGlobals,
    );
  });
});

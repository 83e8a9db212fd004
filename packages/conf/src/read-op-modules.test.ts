import assert from "node:assert/strict";
import { test } from "node:test";
import { readOpModules } from "./read-op-modules.js";
import { checkTexts, faultLines, goodTexts, memoryFiles, testCwd, warningLines } from "./testing/conf-set.js";

const files = { "conf/ops.js": "", "lib/rank.mjs": "", "conf/more/index.js": "" };
const workflow = goodTexts["conf/workflow.prototxt"] ?? "";

/** The good conf set, its workflow file naming these modules. */
function textsWith(...ops: readonly string[]): Record<string, string> {
  const lines = ops.map((op) => `ops: ${JSON.stringify(op)}\n`).join("");
  return { ...goodTexts, ...files, "conf/workflow.prototxt": lines + workflow };
}

function modulesOf(texts: Readonly<Record<string, string>>): readonly (readonly [string, number])[] {
  const { modules } = readOpModules({ dir: "conf", cwd: testCwd, files: memoryFiles(texts) });
  return modules.map(({ specifier, place }) => [specifier, place.line]);
}

test("modules of Ops are paths from the folder of the file, or packages", () => {
  const texts = textsWith(
    "./ops.js",
    "../lib/rank.mjs",
    "/srv/app/conf/more/index.js",
    "@me/ops/rank",
    "ops.ts",
  );
  const modules = modulesOf(texts);
  assert.deepEqual(modules, [
    ["/srv/app/conf/ops.js", 1],
    ["/srv/app/lib/rank.mjs", 2],
    ["/srv/app/conf/more/index.js", 3],
    ["@me/ops/rank", 4],
    ["ops.ts", 5],
  ]);
  assert.deepEqual(
    checkTexts(texts).conf?.opModules,
    modules.map(([specifier]) => specifier),
  );
});

test("modules of Ops are read from YAML as well", () => {
  const texts = { ...files, "conf/workflow.yaml": "workflows: []\nops:\n- ./ops.js\n- '@me/ops'\n" };
  assert.deepEqual(modulesOf(texts), [
    ["/srv/app/conf/ops.js", 3],
    ["@me/ops", 4],
  ]);
});

test("modules are read whatever else is wrong, and none from a file that is not there", () => {
  const broken = `ops: "./ops.js"\nworkflows { name: 5 nodes: "x" }\nnonsense`;
  assert.deepEqual(modulesOf({ ...files, "conf/workflow.prototxt": broken }), [["/srv/app/conf/ops.js", 1]]);
  assert.deepEqual(modulesOf({}), []);
});

test("modules that cannot be imported are left out, and reported by the check", () => {
  const texts = textsWith("./gone.js", "./ops", "../lib", "./more", "ops.js", "node:fs", "", "~/ops.js", ".");
  assert.deepEqual(modulesOf(texts), []);
  const name = 'must be a path that starts with "./", "../" or "/", or the name of a package, not';
  assert.deepEqual(faultLines(texts), [
    "conf/workflow.prototxt:1 ops[0]: there is no file /srv/app/conf/gone.js",
    'conf/workflow.prototxt:2 ops[1]: there is no file /srv/app/conf/ops; did you mean "./ops.js"?',
    "conf/workflow.prototxt:3 ops[2]: there is no file /srv/app/lib",
    'conf/workflow.prototxt:4 ops[3]: there is no file /srv/app/conf/more; did you mean "./more/index.js"?',
    'conf/workflow.prototxt:5 ops[4]: "ops.js" names a package: for the file write "./ops.js"',
    `conf/workflow.prototxt:6 ops[5]: ${name} "node:fs"`,
    `conf/workflow.prototxt:7 ops[6]: ${name} ""`,
    `conf/workflow.prototxt:8 ops[7]: ${name} "~/ops.js"`,
    `conf/workflow.prototxt:9 ops[8]: ${name} "."`,
  ]);
});

test("a module named twice is imported once", () => {
  const texts = textsWith("./ops.js", "../conf/ops.js");
  assert.deepEqual(modulesOf(texts), [["/srv/app/conf/ops.js", 1]]);
  assert.deepEqual(faultLines(texts), []);
  assert.deepEqual(warningLines(texts), [
    "conf/workflow.prototxt:2 ops[1]: is already named at conf/workflow.prototxt:1: remove it",
  ]);
});

test("an Op type that a lost module may have registered is not called unknown", () => {
  const unknown = (...ops: readonly string[]) => {
    const texts = textsWith(...ops);
    const text = texts["conf/workflow.prototxt"]?.replace('"GeneralReaderOp"', '"MyReaderOp"');
    return faultLines({ ...texts, "conf/workflow.prototxt": text ?? "" });
  };
  assert.deepEqual(unknown("./gone.js"), [
    "conf/workflow.prototxt:1 ops[0]: there is no file /srv/app/conf/gone.js",
  ]);
  assert.deepEqual(unknown("./ops.js"), [
    'conf/workflow.prototxt:7 workflows[0].nodes[0].type: no Op type named "MyReaderOp": register its class, or name its module in the ops of conf',
  ]);
});

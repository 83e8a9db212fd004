import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Field } from "protobufjs";
import { confType } from "./schema/messages.js";
import { breaksRule } from "./schema/rules.js";
import { checkTexts, faultLines, goodTexts, testKnown } from "./testing/conf-set.js";
import { messagesOf, testReferencePage } from "./testing/reference-page.js";

const page = readFileSync(join(import.meta.dirname, "../../../docs/conf-reference.md"), "utf8");

const anyType = confType("EngineDesc");
const types = messagesOf(anyType);
const olderOnly = new Set(["FeedShape"]);

/** Core, which workflows that never were a file pass through as well, holds the ranges of nodes. */
function isRefusedByCore({ name }: Field, value: number): boolean {
  const node = `nodes { name: "n" type: "EchoOp" map_over: "startup_op" ${name}: ${value} }`;
  const text = `workflows { name: "w1" workflow_type: "Sequence" ${node} }`;
  return faultLines({ ...goodTexts, "conf/workflow.prototxt": text }).length > 0;
}

testReferencePage({
  text: page,
  anyType,
  except: olderOnly,
  isRefused: (field, value) =>
    field.parent?.name === "DAGNode" ? isRefusedByCore(field, value) : breaksRule(field, value) !== undefined,
});

test("the table of older names has every deprecated field", () => {
  const older = page.slice(page.indexOf("## Older names"));
  const listed = [...older.matchAll(/`(\w+\.\w+)`/g)].map(([, name = ""]) => name);
  const deprecated = types.flatMap((type) =>
    type.fieldsArray
      .filter(({ options }) => options?.deprecated || olderOnly.has(type.name))
      .map(({ name }) => `${type.name}.${name}`),
  );
  const files = new Set(["service.prototxt", "infer_service.prototxt"]);
  assert.deepEqual(new Set(listed.filter((name) => !files.has(name))), new Set(deprecated));
});

/** The `prototxt` blocks of the page with their lines, each a workflow file or the nodes of one. */
const examples = [...page.matchAll(/^```prototxt\n(.*?)^```$/gms)].map(
  ([block, text = ""], i) => [`${i}: ${block.split("\n")[1]}`, text] as const,
);

for (const [title, text] of examples) {
  test(`example ${title} is conf without a fault`, () => {
    const nodes = text.startsWith("nodes")
      ? `workflows { name: "w1" workflow_type: "Parallel"\n${text}}`
      : text;
    const types = [...text.matchAll(/type: "(\w+Op)"/g)].map(([, type = ""]) => type);
    const known = { ...testKnown, opTypes: new Map(types.map((type) => [type, { needsEngine: false }])) };
    assert.deepEqual(checkTexts({ ...goodTexts, "conf/workflow.prototxt": nodes }, known).faults, []);
  });
}

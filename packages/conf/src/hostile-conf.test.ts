import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkTexts, faultLines, goodTexts } from "./testing/conf-set.js";
import { parseText } from "./text/parse-text.js";
import { textLimits } from "./text/text-limits.js";

function withWorkflow(text: string, extension = "prototxt"): readonly string[] {
  const { "conf/workflow.prototxt": _, ...texts } = goodTexts;
  return faultLines({ ...texts, [`conf/workflow.${extension}`]: text });
}

test("deep nesting is refused at its limit", () => {
  const deep = "workflows {".repeat(20_000);
  assert.deepEqual(
    withWorkflow(deep).filter((line) => !line.includes("has no such field")),
    [
      "conf/workflow.prototxt:1: nested deeper than 64",
      "conf/workflow.prototxt:1: the rest of the file was not read",
    ],
  );
  assert.deepEqual(withWorkflow("[".repeat(100_000), "yaml"), [
    "conf/workflow.yaml:1: nesting exceeded maxDepth (64)",
  ]);
  assert.deepEqual(withWorkflow("a:\n".repeat(1000), "yaml").length, 1);
});

test("a file above the size limit is refused before it is parsed", () => {
  const text = "#".repeat(textLimits.maxBytes + 1);
  for (const extension of ["prototxt", "yaml"]) {
    assert.deepEqual(withWorkflow(text, extension), [
      `conf/workflow.${extension}:1: the file has more than 262144 bytes, the most a conf file may have`,
    ]);
  }
  assert.deepEqual(parseText("f.prototxt", text.slice(1)).faults, []);
});

test("more tokens than any conf needs are refused", () => {
  const lines = withWorkflow("a:1 ".repeat(60_000));
  assert.ok(lines.includes("conf/workflow.prototxt:1: more than 100000 tokens: no conf file needs as many"));
});

test("unterminated strings and runs of quotes end at their line", () => {
  const long = `workflows { name: "${"x".repeat(200_000)}\n}`;
  assert.deepEqual(withWorkflow(long), ["conf/workflow.prototxt:1: the string is not closed on its line"]);
  const escapes = `workflows { name: "${"\\".repeat(200_001)}"\n}`;
  assert.deepEqual(withWorkflow(escapes), ["conf/workflow.prototxt:1: the string is not closed on its line"]);
});

test("a value of a huge length is refused with a short message", () => {
  const lines = [
    ...withWorkflow(`workflows { name: "${"x".repeat(200_000)}" }`),
    ...withWorkflow(`workflows { name: ${"9".repeat(200_000)} }`),
    ...withWorkflow(`workflows { ${"x".repeat(200_000)}: 1 }`),
    ...withWorkflow(`workflows: [{name: ${"x".repeat(200_000)}}]`, "yaml"),
  ];
  for (const line of lines) assert.ok(line.length < 300, line.slice(0, 300));
  assert.ok(lines.length >= 4);
});

test("billion laughs are counted as if every alias were written out", () => {
  const bomb = ["a0: &a0 [x, x]"];
  for (let i = 1; i < 40; i++) bomb.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`);
  assert.deepEqual(withWorkflow(bomb.join("\n"), "yaml"), [
    "conf/workflow.yaml:12: more than 10000 nodes, aliases replaced",
  ]);
});

test("nesting by aliases is limited like any other", () => {
  const chain = ["a0: &a0 [[[[[[[[[[x]]]]]]]]]]"];
  for (let i = 1; i < 12; i++) chain.push(`a${i}: &a${i} [[[[[[[[[[*a${i - 1}]]]]]]]]]]`);
  const lines = withWorkflow(chain.join("\n"), "yaml");
  assert.deepEqual(lines, ["conf/workflow.yaml:7: nested deeper than 64"]);
});

test("keys of prototypes are refused wherever they stand", () => {
  const node = (config: string) => `workflows:
- name: w1
  workflow_type: Sequence
  nodes:
  - name: e
    type: EchoOp
    config: ${config}
`;
  for (const key of ["__proto__", "constructor", "prototype"]) {
    const fault = `"${key}" cannot be a key`;
    assert.deepEqual(withWorkflow(node(`{${key}: {x: 1}}`), "yaml"), [
      `conf/workflow.yaml:7 workflows[0].nodes[0].config: ${fault}`,
    ]);
    assert.deepEqual(withWorkflow(node(`{a: [{${key}: 1}]}`), "yaml"), [
      `conf/workflow.yaml:7 workflows[0].nodes[0].config["a"]: ${fault}`,
    ]);
    assert.deepEqual(withWorkflow(`${key} { a: 1 }\nworkflows { ${key}: 1 }`).slice(0, 2), [
      `conf/workflow.prototxt:1 ${key}: WorkflowConf has no such field`,
      `conf/workflow.prototxt:2 workflows[0].${key}: Workflow has no such field`,
    ]);
  }
  assert.equal(({} as Record<string, unknown>).x, undefined);
});

test("a file of nothing but faults gives a bounded list", () => {
  const report = checkTexts({ ...goodTexts, "conf/workflow.prototxt": "x: 1 ".repeat(30_000) });
  assert.equal(report.faults.length, 1001);
  assert.equal(report.faults.at(-1)?.message, "more than 1000 findings, the rest is left out");
  const syntax = checkTexts({ ...goodTexts, "conf/workflow.prototxt": "} ".repeat(30_000) });
  assert.equal(syntax.faults.length, 21);
});

test("a DAG at its limits is checked, with a hint looked for at each of its names", () => {
  const nodes = Array.from(
    { length: 255 },
    (_, i) => `nodes { name: "${"n".repeat(20)}${i}" type: "EchoOp" }`,
  );
  const dependencies = Array.from(
    { length: 200 },
    (_, i) => `dependencies { name: "${"m".repeat(20)}${i}" mode: "RO" }`,
  );
  const last = `nodes { name: "last" type: "EchoOp" ${dependencies.join("\n")} }`;
  const text = `workflows { name: "w1" workflow_type: "Sequence" ${nodes.join("\n")} ${last} }`;
  assert.equal(withWorkflow(text).length, 200);
});

test("no text makes the check throw, in either notation", () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 10 }),
    fc.constantFrom(
      "workflows",
      "nodes",
      "name",
      ":",
      "{",
      "}",
      "<",
      "[",
      "]",
      '"',
      "- ",
      "\n",
      "  ",
      "&a",
      "*a",
      "!",
      "#",
    ),
  );
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
  const property = fc.property(text, fc.constantFrom("prototxt", "yaml"), (body, extension) => {
    for (const line of withWorkflow(body, extension)) assert.equal(typeof line, "string");
  });
  fc.assert(property, { numRuns: 1000 });
});

test("reading time grows with the length of a text, not with its square", () => {
  const shapes = ['"a" ', "a{", "a:[", "a:1,", "'", "\\", "# ", "- ", "{a: ", "&a ", "? "];
  for (const shape of shapes) {
    for (const file of ["f.prototxt", "f.yaml"]) {
      // Quadratic work on 256 KiB would be some 10^10 steps: the run would not end within the test's time limit.
      const { faults } = parseText(file, shape.repeat(Math.floor(textLimits.maxBytes / shape.length)));
      assert.ok(faults.length <= textLimits.maxSyntaxFaults + 1);
    }
  }
});

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { formatDiagnostic } from "@paddlewheel/conf";
import { type ReadConfOptions, readConf } from "./read-conf.js";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-read-conf-"));
  await write("infer_service.prototxt", 'services { name: "GeneralModelService" workflows: "w" }\n');
});
afterEach(() => rm(dir, { recursive: true }));

function write(file: string, text: string): Promise<void> {
  return writeFile(join(dir, file), text);
}

/** A workflow whose only node is a TopOp. */
function writeWorkflow(head: string): Promise<void> {
  const nodes = 'nodes { name: "top" type: "TopOp" }';
  return write("workflow.prototxt", `${head}\nworkflows { name: "w" workflow_type: "Sequence" ${nodes} }\n`);
}

const topOp = "export class TopOp { inference() {} bind() {} }\n";

async function faultsOf(options: Partial<ReadConfOptions> = {}): Promise<string[]> {
  const { report } = await readConf({ dir, ...options });
  return report.faults.map(formatDiagnostic);
}

describe("reading a conf set", () => {
  test("knows the Ops of the modules that conf names", async () => {
    await write("top.mjs", topOp);
    await writeWorkflow('ops: "./top.mjs"');
    assert.deepEqual(await faultsOf(), []);
  });

  test("knows the Ops of the modules that are flagged", async () => {
    await write("top.mjs", topOp);
    await writeWorkflow("");
    assert.deepEqual(await faultsOf({ ops: [join(dir, "top.mjs")] }), []);
    assert.match((await faultsOf()).join("\n"), /nodes\[0\]\.type: no Op type named "TopOp"/);
  });

  test("points at the line of a module that cannot be imported", async () => {
    await write("top.mjs", 'throw new Error("no licence");');
    await writeWorkflow('\nops: "./top.mjs"');
    const [first = "", ...others] = await faultsOf();
    assert.match(
      first,
      /workflow\.prototxt:2 ops\[0\]: module ".*top\.mjs": cannot be imported: no licence$/,
    );
    // It would have brought the TopOp.
    assert.deepEqual(others, []);
  });

  test("points at the flag of a module that brings nothing", async () => {
    await write("top.mjs", "export const k = 3;");
    await writeWorkflow("");
    const [first = ""] = await faultsOf({ ops: [join(dir, "top.mjs")] });
    assert.match(
      first,
      /^--ops: module ".*top\.mjs": exports nothing to register, it must export Op classes/,
    );
  });

  test("points at the line of a .proto that is at fault", async () => {
    await write("echo.proto", "message M {");
    await write(
      "infer_service.prototxt",
      'services { name: "EchoService" workflows: "w" proto_file: "echo.proto" }\n',
    );
    await write("top.mjs", topOp);
    await writeWorkflow('ops: "./top.mjs"');
    const [first = ""] = await faultsOf();
    assert.match(
      first,
      /infer_service\.prototxt:1 services\[0\]\.proto_file: .*echo\.proto:1: the file ends inside a declaration$/,
    );
  });

  test("points at the node whose Op cannot be created", async () => {
    const failing = 'constructor() { throw new Error("no licence"); }';
    await write("top.mjs", `export class TopOp { ${failing} inference() {} bind() {} }`);
    await writeWorkflow('ops: "./top.mjs"');
    const [first = ""] = await faultsOf();
    assert.equal(
      first,
      `${join(dir, "workflow.prototxt")}:2 workflows[0].nodes[0].type: op "top" (TopOp) could not be created: no licence`,
    );
  });

  test("runs workflows side by side where that is flagged", async () => {
    await write("top.mjs", topOp);
    await writeWorkflow('ops: "./top.mjs"');
    const { report } = await readConf({ dir, parallelServices: true });
    assert.equal(report.conf?.services[0]?.isParallel, true);
    assert.equal((await readConf({ dir })).report.conf?.services[0]?.isParallel, false);
  });
});

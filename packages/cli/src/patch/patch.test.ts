import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { mlpModel, readModelContent } from "@paddlewheel/onnx";
import { commands } from "../commands.js";
import { runProgram } from "../program.js";
import { recordingTerminal } from "../testing/recording-terminal.js";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "paddlewheel-patch-"));
  await mkdir(join(root, "mlp/2"), { recursive: true });
  await writeFile(join(root, "mlp/2/model.onnx"), mlpModel({ layers: [4, 3, 2], seed: 1 }));
  await writeFile(join(root, "new.onnx"), mlpModel({ layers: [4, 3, 2], seed: 2 }));
});
after(() => rm(root, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const code = await runProgram({ commands, args, terminal });
  return { code, out: terminal.out.text, err: terminal.err.text };
}

describe("diff and patch", () => {
  const path = (name: string): string => join(root, name);

  test("tell what changed, write it, and make the new model of the old one", async () => {
    const diff = await run("diff", path("mlp/2"), path("new.onnx"), "--out", path("mlp/3"));
    assert.equal(diff.code, 0, diff.err);
    assert.match(
      diff.out,
      /^2 of 4 weights changed, 72 of 92 bytes\n {2}dense_0_weight\n {2}dense_1_weight\nold {2}sha256:/,
    );
    const manifest = JSON.parse(await readFile(path("mlp/3/patch.json"), "utf8")) as Record<string, unknown>;
    assert.equal(manifest.base_version, "2");
    const patched = await run("patch", path("mlp/2"), path("mlp/3"), "--out", path("whole"));
    assert.equal(patched.code, 0, patched.err);
    assert.deepEqual(await readFile(path("whole/model.onnx")), await readFile(path("new.onnx")));
    const same = await run("diff", path("mlp/3"), path("whole"));
    assert.match(same.out, /^0 of 4 weights changed, 0 of 92 bytes\n/);
  });

  test("write over nothing", async () => {
    const { code, err } = await run("diff", path("mlp/2"), path("new.onnx"), "--out", path("mlp/2"));
    assert.deepEqual([code, err], [1, `paddlewheel: ${path("mlp/2")} is not empty\n`]);
  });

  test("refuse what is no patch of the model, with both revisions", async () => {
    const { revision } = await readModelContent(path("new.onnx"));
    const base = await readModelContent(path("mlp/2/model.onnx"));
    const { code, err } = await run("patch", path("new.onnx"), path("mlp/3"), "--out", path("none"));
    const message = `${path("mlp/3")}: is a patch of sha256:${base.revision}, the model is sha256:${revision}`;
    assert.deepEqual([code, err], [1, `paddlewheel: ${message}\n`]);
  });

  test("say what is missing on the command line", async () => {
    assert.match((await run("diff", "a")).err, /^paddlewheel: diff: name two models/);
    assert.match((await run("patch", "a", "b")).err, /^paddlewheel: patch: --out must name the folder/);
    const odd = await run("diff", "a", "b", "--base_version", "x");
    assert.match(odd.err, /--base_version must be the number of a version, not "x"/);
  });
});

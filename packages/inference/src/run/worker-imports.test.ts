import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { onnxCoreFactory } from "../onnx/onnx-core-factory.js";

/** What a module imports, and what that imports, without what is imported when it is needed. */
async function collectImports(module: string, found: Set<string>): Promise<void> {
  if (found.has(module)) return;
  found.add(module);
  if (!module.includes("/dist/")) return;
  const text = await readFile(new URL(module), "utf8");
  for (const [, specifier = ""] of text.matchAll(/^(?:import|export)\b[^;]*? from "([^"]+)";$/gm)) {
    const isRelative = specifier.startsWith(".");
    await collectImports(
      isRelative ? new URL(specifier, module).href : import.meta.resolve(specifier),
      found,
    );
  }
}

const workers = ["./pool-worker.js", "./process/process-worker.js"];

test("a thread or process that runs a model imports what a run needs, for each compiles it anew", async () => {
  const imported = new Set<string>();
  for (const worker of workers) await collectImports(new URL(worker, import.meta.url).href, imported);
  await collectImports(onnxCoreFactory.module, imported);
  for (const heavy of ["@paddlewheel/core", "@paddlewheel/onnx", "protobufjs"]) {
    assert.equal(imported.has(import.meta.resolve(heavy)), false, heavy);
  }
  assert.ok(imported.has(import.meta.resolve("@paddlewheel/core/model")));
});

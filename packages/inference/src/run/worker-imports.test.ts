import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { onnxCoreFactory } from "../onnx/onnx-core-factory.js";

/** What a module imports, and what that imports, without what is imported when it is needed. */
async function collectImports(module: string, found: Set<string> = new Set()): Promise<ReadonlySet<string>> {
  if (found.has(module)) return found;
  found.add(module);
  if (!module.includes("/dist/")) return found;
  const text = await readFile(new URL(module), "utf8");
  for (const [, specifier = ""] of text.matchAll(/^(?:import|export)\b[^;]*? from "([^"]+)";$/gm)) {
    const isRelative = specifier.startsWith(".");
    await collectImports(
      isRelative ? new URL(specifier, module).href : import.meta.resolve(specifier),
      found,
    );
  }
  return found;
}

test("a thread that runs a model imports what a run needs, for each thread compiles it anew", async () => {
  const worker = await collectImports(new URL("./pool-worker.js", import.meta.url).href);
  const core = await collectImports(onnxCoreFactory.module);
  const imported = new Set([...worker, ...core]);
  for (const heavy of ["@paddlewheel/core", "@paddlewheel/onnx", "protobufjs"]) {
    assert.equal(imported.has(import.meta.resolve(heavy)), false, heavy);
  }
  assert.ok(imported.has(import.meta.resolve("@paddlewheel/core/model")));
});

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TensorMap } from "@paddlewheel/core";
import type { InferEngine } from "../engine/infer-engine.js";
import { compareOutputs } from "./compare-outputs.js";
import { type ModelCase, parseModelCase } from "./model-case.js";

export const caseLimits = {
  /** Files of one folder: each is a run before the version serves. */
  maxFiles: 64,
  /** Bytes of one file. */
  maxFileSize: 16_777_216,
} as const;

/** Folders beside a model's files: requests that warm it up, and requests with the answers it must give. */
const warmUpFolder = "warmup";
const goldenFolder = "golden";

/**
 * Runs the requests that lie with a model, in its own threads: those of `warmup` once per copy, then those of `golden`,
 * whose answers must be what the file says.
 * @throws Error that names the file, and of an answer the fetch, its element, what it is and what was wanted.
 */
export async function verifyModel(engine: InferEngine, dir: string): Promise<void> {
  for (const { file, inputs } of await readCases(engine, dir, warmUpFolder)) {
    const { copies } = engine.executor;
    await Promise.all(Array.from({ length: copies }, () => runCase(engine, file, inputs)));
  }
  for (const { file, ...golden } of await readCases(engine, dir, goldenFolder)) {
    const fault = compareOutputs(await runCase(engine, file, golden.inputs), golden);
    if (fault !== undefined) throw new Error(`${file}: ${fault}`);
  }
}

interface CaseFile extends ModelCase {
  /** Relative to the folder of the model. */
  readonly file: string;
}

async function readCases(engine: InferEngine, dir: string, folder: string): Promise<readonly CaseFile[]> {
  const cases: CaseFile[] = [];
  for (const name of await listCases(join(dir, folder))) {
    const file = join(folder, name);
    try {
      const text = await readLimited(join(dir, file));
      const parsed = parseModelCase(text, engine);
      if (folder === goldenFolder && parsed.wanted.size === 0)
        throw new Error("fetches: must name an output");
      cases.push({ file, ...parsed });
    } catch (thrown) {
      throw new Error(`${file}: ${messageOf(thrown)}`, { cause: thrown });
    }
  }
  return cases;
}

async function listCases(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  });
  const cases = names.filter((name) => name.endsWith(".json")).sort();
  if (cases.length <= caseLimits.maxFiles) return cases;
  throw new Error(`${folder} has ${cases.length} files, at most ${caseLimits.maxFiles} are allowed`);
}

async function readLimited(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size <= caseLimits.maxFileSize) return await readFile(path, "utf8");
  throw new Error(`has ${size} bytes, at most ${caseLimits.maxFileSize} are allowed`);
}

async function runCase(engine: InferEngine, file: string, inputs: TensorMap): Promise<TensorMap> {
  try {
    return await engine.infer(inputs);
  } catch (thrown) {
    throw new Error(`${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

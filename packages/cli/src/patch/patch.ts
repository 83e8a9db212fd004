import { mkdir } from "node:fs/promises";
import { applyPatch, readPatch, writeModel } from "@paddlewheel/onnx";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { UsageError } from "../usage-error.js";
import { checkEmpty, openContent } from "./open-content.js";

/** Runs `paddlewheel patch`. */
export async function patch({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [base, patchDir] = positionals;
  const dir = values.text("out");
  if (base === undefined || patchDir === undefined) {
    throw new UsageError("patch: name the model, an .onnx file or its folder, and the folder of the patch");
  }
  if (dir === undefined) throw new UsageError("patch: --out must name the folder for the model");
  await checkEmpty(dir);
  const content = applyPatch(await openContent(base), await readPatch(patchDir));
  await mkdir(dir, { recursive: true });
  const file = await writeModel(content, dir);
  terminal.err.write(`paddlewheel: wrote ${file}\n`);
  return ExitCode.ok;
}

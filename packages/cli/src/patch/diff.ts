import { basename, resolve } from "node:path";
import { diffModels, type ModelContent, type ModelDiff, writePatch } from "@paddlewheel/onnx";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";
import { checkEmpty, openContent } from "./open-content.js";

/** Source: the names of version folders. */
const versionName = /^[1-9]\d{0,18}$/;

/** Runs `paddlewheel diff`. */
export async function diff({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [oldPath, newPath] = positionals;
  if (oldPath === undefined || newPath === undefined) {
    throw new UsageError("diff: name two models, the old one and the new one: .onnx files, or their folders");
  }
  const baseVersion = baseVersionOf(values, oldPath);
  const from = await openContent(oldPath);
  const to = await openContent(newPath);
  const changes = diffModels(from, to);
  terminal.out.write(`${describe(changes, from, to)}\n`);
  const dir = values.text("out");
  if (dir === undefined) return ExitCode.ok;
  if (changes.changed.length === 0) throw new Error("there is nothing to write: no weight changed");
  await checkEmpty(dir);
  await writePatch({ from, to, baseVersion, dir });
  terminal.err.write(`paddlewheel: wrote ${dir}\n`);
  return ExitCode.ok;
}

function baseVersionOf(values: FlagValues, oldPath: string): string | undefined {
  const given = values.text("base_version");
  if (given !== undefined && !versionName.test(given)) {
    throw new UsageError(`--base_version must be the number of a version, not ${JSON.stringify(given)}`);
  }
  const folder = basename(resolve(oldPath));
  return given ?? (versionName.test(folder) ? folder : undefined);
}

/** Names that are told; a new training changes them all. */
const maxNames = 20;

function describe(
  { changed, weightCount, ...bytes }: ModelDiff,
  from: ModelContent,
  to: ModelContent,
): string {
  const more = changed.length > maxNames ? [`  and ${changed.length - maxNames} more`] : [];
  return [
    `${changed.length} of ${weightCount} weights changed, ${bytes.changedBytes} of ${bytes.bytes} bytes`,
    ...changed.slice(0, maxNames).map((name) => `  ${name}`),
    ...more,
    `old  sha256:${from.revision}`,
    `new  sha256:${to.revision}`,
  ].join("\n");
}

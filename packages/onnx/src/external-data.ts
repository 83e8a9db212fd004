import { realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, sep, win32 } from "node:path";
import type { ExternalTensor, ModelSummary } from "./read/model-summary.js";

/**
 * Says which weight files of a model are not plain files inside the model's folder, a line each; empty when all is
 * well. A location is a path written by whoever made the model: a runtime that follows it reads that file into a
 * tensor, which an output can then give away. So a path that is absolute or climbs with `..` is named even where it
 * would end inside, and a symbolic link counts as what it leads to.
 *
 * The answer holds while nobody changes the folder.
 */
export async function findEscapingExternalData(
  summary: Pick<ModelSummary, "externalData">,
  modelFile: string,
): Promise<string[]> {
  if (summary.externalData.length === 0) return [];
  const folder = await realpath(dirname(modelFile));
  const faults: string[] = [];
  for (const [location, tensors] of byLocation(summary.externalData)) {
    const problem = writtenProblem(location) ?? (await fileProblem(folder, location));
    if (problem) faults.push(`external data ${JSON.stringify(location)} of ${tensors}: ${problem}`);
  }
  return faults;
}

/** Location → who wants it, in words. Thousands of tensors share a file, which is looked at once. */
function byLocation(tensors: readonly ExternalTensor[]): Map<string, string> {
  const names = new Map<string, string[]>();
  for (const { tensor, location } of tensors) {
    const known = names.get(location);
    if (known) known.push(tensor);
    else names.set(location, [tensor]);
  }
  return new Map([...names].map(([location, [first = "", ...others]]) => [location, wording(first, others)]));
}

function wording(first: string, others: readonly string[]): string {
  const tensor = first === "" ? "an unnamed tensor" : `tensor "${first}"`;
  return others.length === 0 ? tensor : `${tensor} and ${others.length} more`;
}

function writtenProblem(location: string): string | undefined {
  if (location === "") return "the location is missing";
  if (location.includes("\0")) return "the location has a NUL character";
  if (isAbsolute(location) || win32.isAbsolute(location)) {
    return "must be a path relative to the model's folder, not an absolute one";
  }
  if (location.split(/[\\/]/).includes("..")) return 'must not contain ".."';
  return undefined;
}

async function fileProblem(folder: string, location: string): Promise<string | undefined> {
  try {
    const target = await realpath(join(folder, location));
    if (!isInside(folder, target)) return "a symbolic link leads out of the model's folder";
    return (await stat(target)).isFile() ? undefined : "is not a plain file";
  } catch (error) {
    return isMissing(error) ? "there is no such file in the model's folder" : "cannot be read";
  }
}

/** Both resolved; the folder itself counts as inside, so that "." is told it is no file. */
function isInside(folder: string, target: string): boolean {
  return target === folder || target.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

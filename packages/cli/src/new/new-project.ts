import { basename, resolve } from "node:path";
import { quoteValue } from "@paddlewheel/core";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { UsageError } from "../usage-error.js";
import { projectFiles } from "./project-files.js";
import { checkFolder, writeProject } from "./write-project.js";

/** Below what npm takes, 214 characters, and images, 255 with the name of their registry. */
const maxNameLength = 64;

/** Runs `paddlewheel new`. */
export async function newProject({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [dir] = positionals;
  if (dir === undefined) throw new UsageError("new: name the folder of the project");
  const folder = resolve(dir);
  const given = values.text("name");
  const name = given ?? basename(folder);
  if (!isProjectName(name)) throw new UsageError(nameFault(name, given !== undefined));
  await checkFolder(folder);
  await writeProject(folder, await projectFiles(name));
  terminal.err.write(`paddlewheel: wrote the project ${name}. Next:\n`);
  for (const step of [`cd ${dir}`, "npm install", "npm test", "npm start"]) terminal.err.write(`  ${step}\n`);
  return ExitCode.ok;
}

/** What npm, a URL and an image's repository all take for a name. */
function isProjectName(name: string): boolean {
  return name.length <= maxNameLength && /^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/.test(name);
}

function nameFault(name: string, isGiven: boolean): string {
  const rule = `must be at most ${maxNameLength} of a-z, 0-9, and single "-", "_" or "." between them`;
  if (isGiven) return `--name: ${rule}, not ${quoteValue(name)}`;
  return `new: ${quoteValue(name)} cannot be the project's name, which ${rule}: give one with --name`;
}

import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { packageVersion } from "../package-version.js";
import { sampleModel } from "./sample-model.js";

const templates = fileURLToPath(new URL("../../templates/project/", import.meta.url));

/** Every file of a new project, by its path in it. */
export async function projectFiles(name: string): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const files = new Map<string, string | Uint8Array>([["models/classifier/model.onnx", sampleModel()]]);
  for (const entry of await readdir(templates, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = await readFile(file, "utf8");
    const filled = text.replaceAll("{{name}}", name).replaceAll("{{version}}", packageVersion());
    files.set(relative(templates, file).replace(/^_/, "."), filled);
  }
  return files;
}

// Writes the models of the example: node examples/dist/demo-serving/build-models.js
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { demoModelFiles } from "./demo-model-files.js";

const folder = fileURLToPath(new URL("../../demo-serving/models/", import.meta.url));

for (const [path, bytes] of demoModelFiles()) {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  console.log(`wrote ${file}`);
}

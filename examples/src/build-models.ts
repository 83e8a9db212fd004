// Writes the models of the examples: node examples/dist/build-models.js
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { exampleModels } from "./example-models.js";

for (const [path, bytes] of exampleModels()) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  console.log(`wrote ${file}`);
}

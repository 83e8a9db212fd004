// Writes the model folder of the example: node examples/dist/fit-a-line/build-model.js
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { uciHousingFiles } from "./uci-housing-files.js";

const folder = fileURLToPath(new URL("../../fit_a_line/", import.meta.url));

for (const [path, bytes] of uciHousingFiles()) {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  console.log(`wrote ${file}`);
}

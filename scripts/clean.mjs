// Removes what the build wrote; stale output would keep deleted tests alive.
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = readdirSync(`${root}packages`).map((name) => `packages/${name}`);
for (const folder of [...packages, "bench", "examples", "test"]) {
  rmSync(`${root}${folder}/dist`, { recursive: true, force: true });
  rmSync(`${root}${folder}/tsconfig.tsbuildinfo`, { force: true });
}

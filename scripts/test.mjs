// Runs every compiled test with node:test. Arguments narrow the run: `node scripts/test.mjs core wire`.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = [
  ...readdirSync(join(root, "packages")).map((name) => join("packages", name)),
  "bench",
  "examples",
  "test",
];
const wanted = process.argv.slice(2);

function testFiles(folder) {
  const dist = join(root, folder, "dist");
  if (!existsSync(dist)) return [];
  return readdirSync(dist, { recursive: true })
    .filter((file) => file.endsWith(".test.js"))
    .map((file) => relative(root, join(dist, file)))
    .sort();
}

const files = folders
  .filter((folder) => wanted.length === 0 || wanted.some((name) => folder.endsWith(name)))
  .flatMap(testFiles);
const { status } = spawnSync(
  process.execPath,
  ["--test", "--test-timeout=300000", "--test-concurrency=2", "--enable-source-maps", ...files],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);

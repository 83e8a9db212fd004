// Brings a checkout to the state where the compiled output can run: dependencies as locked, sources built.
// Does nothing that is already done, so `npm start` and `npm test` may call it each time.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** npm writes node_modules/.package-lock.json last, so its age tells whether the lock file has changed since. */
function isInstalled() {
  const installed = `${root}node_modules/.package-lock.json`;
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;
}

if (!isInstalled()) run("npm", ["ci", "--no-audit", "--no-fund"]);
run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-b"]);

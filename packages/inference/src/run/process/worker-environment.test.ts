import assert from "node:assert/strict";
import { test } from "node:test";
import { restartPauseMs } from "./restart-pause.js";
import { workerEnvironment, workerFlags } from "./worker-environment.js";

test("a worker process gets what its libraries read, and no credentials", () => {
  const env = { PATH: "/bin", OMP_NUM_THREADS: "1", AWS_SECRET_ACCESS_KEY: "x", NODE_OPTIONS: "--inspect" };
  assert.deepEqual(workerEnvironment(env), { PATH: "/bin", OMP_NUM_THREADS: "1" });
});

test("a worker process gets flags of memory, a small young generation, and no debugger or preloaded module", () => {
  const flags = [
    "--inspect=9229",
    "--import=./hooks.js",
    "--enable-source-maps",
    "--max-semi-space-size=64",
    "--initial-old-space-size=128",
  ];
  const expected = [
    "--max-semi-space-size=1",
    "--max-old-space-size=512",
    "--enable-source-maps",
    "--initial-old-space-size=128",
  ];
  assert.deepEqual(workerFlags(flags, "--require ./x.js --max-old-space-size=512"), expected);
});

test("a process that ended once is replaced at once, one that cannot live after longer and longer pauses", () => {
  assert.deepEqual([1, 2, 3, 4, 100].map(restartPauseMs), [0, 100, 200, 400, 60_000]);
});

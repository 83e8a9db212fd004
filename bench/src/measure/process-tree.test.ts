import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { parsePeakRss, parseStat, readTreeCpuMicros, readTreePeakRss, treeOf } from "./process-tree.js";

const statTail = "0 -1 4194304 98 0 1 0 120 30 4 1 20 0 11 0 129089 3133440 387";

test("CPU time is the sum of own and ended children's, user and system, in ticks of 10 ms", () => {
  assert.deepEqual(parseStat(`4242 (node) S 17 4242 3494 ${statTail}`), {
    pid: 4242,
    parentPid: 17,
    cpuMicros: 1_550_000,
  });
});

test("a name with blanks and parentheses does not shift the fields", () => {
  const { parentPid, cpuMicros } = parseStat(`4242 (a) R 1 (b)) S 17 4242 3494 ${statTail}`);
  assert.equal(parentPid, 17);
  assert.equal(cpuMicros, 1_550_000);
});

test("the peak size is read in bytes and is 0 where the system tells none", () => {
  assert.equal(parsePeakRss("Name:\tnode\nVmHWM:\t    1920 kB\nVmRSS:\t    1800 kB\n"), 1_966_080);
  assert.equal(parsePeakRss("Name:\tnode\nState:\tZ (zombie)\n"), 0);
});

test("a tree holds the root, its children and theirs, and nobody else", () => {
  const processes = [
    { pid: 1, parentPid: 0, cpuMicros: 0 },
    { pid: 10, parentPid: 1, cpuMicros: 0 },
    { pid: 11, parentPid: 10, cpuMicros: 0 },
    { pid: 12, parentPid: 11, cpuMicros: 0 },
    { pid: 20, parentPid: 1, cpuMicros: 0 },
  ];
  assert.deepEqual(
    treeOf(10, processes).map(({ pid }) => pid),
    [10, 11, 12],
  );
});

test("the work of a thread counts for its process", async () => {
  const before = readTreeCpuMicros(process.pid);
  const work = "const end = process.hrtime.bigint() + 100_000_000n; while (process.hrtime.bigint() < end);";
  await once(new Worker(work, { eval: true }), "exit");
  assert.ok(readTreeCpuMicros(process.pid) > before);
});

test("a child's memory counts for the tree, and a tree that is gone is an error", async () => {
  const alone = readTreePeakRss(process.pid);
  const child = spawn(process.execPath, ["-e", "console.log(); process.stdin.resume()"]);
  const exited = once(child, "exit");
  await once(child.stdout, "data");
  assert.ok(readTreePeakRss(process.pid) > alone);
  child.kill();
  await exited;
  assert.throws(() => readTreeCpuMicros(child.pid ?? 0), { message: `process ${child.pid} is gone` });
});

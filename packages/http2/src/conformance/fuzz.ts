import { parseArgs } from "node:util";
import { fuzzConnections } from "./fuzzing/fuzz-connections.js";

/** More than this is no noise of the collector's: something is kept of connections that have ended. */
const maxGrowth = 8 * 1024 * 1024;

const { values } = parseArgs({
  options: { frames: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const frames = Number(values.frames);
const seed = Number(values.seed);

/** Bytes in use, exact only under --expose-gc. */
function usedMemory(): number {
  // What the first finds of buffers outside of the heap is let go by the second.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
}

/** The code is compiled and its tables are made by then. */
const warmUpConnections = 20_000;
let before = 0;

const start = performance.now();
const report = fuzzConnections({
  mutatedFrames: frames,
  randomFrames: Math.ceil(frames / 10),
  seed,
  onProgress: (connections) => {
    if (connections === warmUpConnections) before = usedMemory();
  },
});
const seconds = (performance.now() - start) / 1000;
const growth = usedMemory() - before;
const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
console.log(
  `${report.mutatedFrames} mutated and ${report.randomFrames} random frames (${report.frames} in all) over ` +
    `${report.connections} connections in ${seconds.toFixed(1)} s; seed ${seed}`,
);
console.log(`RSS ${megabytes(process.memoryUsage().rss)}`);
if (globalThis.gc && before > 0) {
  console.log(
    `memory in use after ${warmUpConnections} connections ${megabytes(before)}, then ${megabytes(growth)} more`,
  );
  if (growth > maxGrowth) process.exitCode = 1;
}

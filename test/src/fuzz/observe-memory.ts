import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";

/**
 * Loaded into the server's process before its own program: at SIGUSR2 it collects garbage and writes to standard error how
 * much memory is in use, with the number of the question.
 */
if (isMainThread) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let asked = 0;
  process.on("SIGUSR2", () => {
    // What the first finds of buffers outside of the heap is let go by the second.
    collect();
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.stderr.write(`memory ${++asked}: in use ${heapUsed + external}, resident ${rss}\n`);
  });
}

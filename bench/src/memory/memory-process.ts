// A process that starts a server as often as its job says, and tells after each start what it took.
import { OpMaker, OpSeqMaker, Server } from "@paddlewheel/server";
import { threadHeaps } from "../measure/command-start.js";
import { readOwnMemory } from "../measure/own-memory.js";
import type { MemoryJob, MemoryRound } from "./memory-job.js";

await import(threadHeaps);

const { modelDir, cacheDir, threads, rounds } = JSON.parse(process.argv[2] ?? "{}") as MemoryJob;

async function startServer(): Promise<Server> {
  const server = new Server({ host: "127.0.0.1", ...(cacheDir ? { modelCache: { dir: cacheDir } } : {}) });
  const op = new OpMaker();
  const sequence = new OpSeqMaker()
    .addOp(op.create("general_reader"))
    .addOp(op.create("general_infer"))
    .addOp(op.create("general_response"));
  server.setOpSequence(sequence.getOpSequence());
  server.loadModelConfig(modelDir);
  server.setRuntimeThreadNum(threads);
  server.setPort(0);
  await server.runServer();
  return server;
}

const results: MemoryRound[] = [];
for (let round = 0; round < rounds; round++) {
  const startedAt = performance.now();
  const server = await startServer();
  const readyMs = performance.now() - startedAt;
  // What a load leaves to the collector is not what a copy costs.
  globalThis.gc?.();
  results.push({ readyMs, ...readOwnMemory() });
  await server.stop();
}
process.stdout.write(JSON.stringify(results));

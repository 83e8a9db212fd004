import { systemClock } from "@paddlewheel/core";
import { ProcessCopies } from "../run/process/process-copies.js";
import { AwaitableLogger } from "./awaitable-logger.js";
import { Act } from "./scripted-core.js";
import { acting } from "./scripted-model.js";

/** A process with two worker processes, of which one hangs in a run when it prints their ids: `SCRIPT`. */
const [, , dataPath = ""] = process.argv;
const logger = new AwaitableLogger();
const module = new URL("./scripted-core.js", import.meta.url).href;
const { copies } = await ProcessCopies.start({
  engine: "e",
  source: { module, dataPath, model: undefined },
  threads: 2,
  maxRunMs: 0,
  clock: systemClock,
  logger,
  observer: { workerEnded: () => {}, workerRestarted: () => {}, rerun: () => {}, quarantined: () => {} },
  onReady: () => {},
  onBroken: () => {},
});
const hangs = logger.next("a worker process printed this");
void copies.run({ inputs: acting(Act.hang), isOwned: false, ticket: undefined, onBegin: () => {} });
await hangs;
process.stdout.write(JSON.stringify(copies.pids));

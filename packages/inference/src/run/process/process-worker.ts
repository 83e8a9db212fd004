import { Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { failureRecord } from "../failure-record.js";
import { type LoadedCore, type LoadTask, loadWorkerCore } from "../load-core.js";
import { FrameChannel } from "./frame-channel.js";
import type { Frame, ReadFrame } from "./frames.js";
import { fromParts, type LoadAnswer, type RunAnswer, toParts, type WorkerRequest } from "./messages.js";
import { workerFds } from "./worker-fds.js";

/** The module a worker process runs. It answers requests one by one; its parent ends it. */

type LoadRequest = Extract<WorkerRequest, { kind: "load" }>;

/** A terminal and systemd send these to every process of the server, which still has runs for this one as it stops. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

let loaded: LoadedCore | undefined;
let model: LoadRequest["source"]["model"];

new Worker(new URL("./parent-guard.js", import.meta.url), { stdout: false, stderr: false });
const channel = new FrameChannel(new Socket({ fd: workerFds.channel }), (frame) => void answer(frame));

async function answer({ value, parts }: ReadFrame): Promise<void> {
  const request = value as WorkerRequest;
  if (request.kind === "load") channel.send({ value: await load(request, parts[0]), parts: [] });
  else if (request.kind === "tryBatches")
    channel.send({ value: await tryBatches(request.options), parts: [] });
  else channel.send(await run(request.tensors, parts));
}

async function load({ source, copy }: LoadRequest, key?: LoadTask["key"]): Promise<LoadAnswer> {
  try {
    loaded = await loadWorkerCore(source, { copy, key });
    model = source.model;
    return { report: loaded.report };
  } catch (thrown) {
    return { failure: failureRecord(thrown) };
  }
}

/** One process of an engine is asked to, so the others need no code for it. */
async function tryBatches(
  options: Extract<WorkerRequest, { kind: "tryBatches" }>["options"],
): Promise<unknown> {
  const { failedTrial, tryBatches: tryBatchesOf } = await import("../../batch/try-batches.js");
  return loaded ? tryBatchesOf(loaded.core, { ...options, model }) : failedTrial("the model is not loaded");
}

async function run(
  sent: Extract<WorkerRequest, { kind: "run" }>["tensors"],
  parts: ReadFrame["parts"],
): Promise<Frame> {
  const startedAt = performance.now();
  try {
    if (!loaded) throw new Error("the model is not loaded");
    const { core, report } = loaded;
    const outputs = await core.run(fromParts(report.signature.inputs, sent, parts));
    const ms = performance.now() - startedAt;
    const packed = toParts(report.signature.outputs, outputs);
    const value: RunAnswer = { ms, tensors: packed.tensors };
    return { value, parts: packed.parts };
  } catch (thrown) {
    const value: RunAnswer = { ms: performance.now() - startedAt, failure: failureRecord(thrown) };
    return { value, parts: [] };
  }
}

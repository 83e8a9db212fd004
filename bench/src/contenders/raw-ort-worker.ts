// A thread of the "raw ort" contender: keeps a number of runs in flight on its own session while a round lasts.
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { checkValues } from "../load/value-check.js";
import { ErrorTally } from "../measure/error-tally.js";
import { LatencyHistogram } from "../measure/latency-histogram.js";
import type { PreparedRequest } from "../models/prepared-model.js";
import { RawOrtPhase, type RawOrtReport, type RawOrtWorkerData } from "./raw-ort-job.js";

const { model, phase } = workerData as RawOrtWorkerData;
const session = await InferenceSession.create(model.file, { intraOpNumThreads: 1, logSeverityLevel: 4 });

async function runRound(inFlight: number): Promise<RawOrtReport> {
  const latencies = new LatencyHistogram();
  const errors = new ErrorTally();
  await Promise.all(Array.from({ length: inFlight }, () => runLoop(latencies, errors)));
  return { latencies: latencies.toCounts(), errors: errors.count, errorSamples: errors.samples };
}

async function runLoop(latencies: LatencyHistogram, errors: ErrorTally): Promise<void> {
  for (;;) {
    for (const request of model.requests) {
      if (Atomics.load(phase, 0) === RawOrtPhase.idle) return;
      const startedAt = performance.now();
      const fault = await runOnce(request);
      if (fault !== undefined) errors.add(fault);
      else if (Atomics.load(phase, 0) === RawOrtPhase.window) {
        latencies.record((performance.now() - startedAt) * 1000);
      }
    }
  }
}

async function runOnce({ input, expected }: PreparedRequest): Promise<string | undefined> {
  const results = await session.run({ [model.inputName]: new Tensor("float32", input, model.inputShape) });
  const output = results[model.outputName];
  if (!(output?.data instanceof Float32Array)) return `output ${model.outputName} is missing`;
  return checkValues(output.data, expected);
}

parentPort?.on("message", (inFlight: number) => {
  runRound(inFlight).then(
    (report) => parentPort?.postMessage(report),
    (error: unknown) => {
      throw error;
    },
  );
});
parentPort?.postMessage("ready");

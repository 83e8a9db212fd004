import { fileURLToPath } from "node:url";
import { askMeasuring, forkMeasuring } from "../load/measuring-process.js";
import { stopChild } from "./child-process.js";
import type { Contender } from "./contender.js";
import type { RawOrtStart } from "./raw-ort-job.js";

const processModule = fileURLToPath(new URL("raw-ort-process.js", import.meta.url));

/**
 * No network and no server: one ONNX Runtime session on each of two threads, a run per request. For a model that
 * computes long it is the limit; a server that batches small requests may pass it.
 */
export const rawOrt: Contender = {
  key: "raw-ort",
  title: "raw ort, two workers",
  protocol: undefined,
  suites: ["linear", "mlp", "resnet50"],
  async start(workload) {
    if (workload.kind !== "model") throw new TypeError(`ONNX Runtime runs no ${workload.kind}`);
    const child = forkMeasuring(processModule);
    const start: RawOrtStart = { kind: "start", model: workload };
    child.send(start);
    return {
      measure: (plan) => askMeasuring(child, { kind: "measure", plan }),
      stop: () => stopChild(child),
    };
  },
};

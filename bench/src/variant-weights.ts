// Whether the weights of variants hold: `node bench/dist/variant-weights.js`. PredictorApi calls an endpoint with the weights
// 10|90, whose variants have a server of their own each. The shares must be within three standard deviations, as the
// client has it and as the servers have counted. `--calls 100000` is the full size.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PredictorApi } from "@paddlewheel/client";
import { ServerFleet } from "./client-faults/server-fleet.js";
import { benchModels } from "./models/bench-model.js";
import { type PreparedModel, prepareModel } from "./models/prepared-model.js";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "20000" },
    protocol: { type: "string", default: "baidu_std" },
    "in-flight": { type: "string", default: "64" },
  },
});
const calls = Number(values.calls);
const endpoint = "model";
const weights = [10, 90];
/** Further off is not by chance, but once in 370 runs. */
const maxSigmas = 3;

async function createApi(ports: readonly number[]): Promise<PredictorApi> {
  const api = new PredictorApi();
  await api.createFrom({
    default_variant_conf: { tag: "default", rpc_parameter: { protocol: values.protocol } },
    predictors: [
      {
        name: endpoint,
        weighted_random_render_conf: { variant_weight_list: weights.join("|") },
        variants: ports.map((port) => ({
          tag: String(port),
          naming_conf: { cluster: `127.0.0.1:${port}` },
        })),
      },
    ],
  });
  return api;
}

/** Calls by variant. */
async function callAll(api: PredictorApi, model: PreparedModel): Promise<ReadonlyMap<string, number>> {
  const { inputName, inputShape, outputName, requests } = model;
  const [{ input: data } = { input: new Float32Array(0) }] = requests;
  const tensor = {
    name: inputName,
    aliasName: inputName,
    dtype: "float32",
    shape: inputShape,
    data,
  } as const;
  const counts = new Map<string, number>();
  let started = 0;
  const caller = async (): Promise<void> => {
    while (started++ < calls) {
      const predictor = api.fetchPredictor(endpoint);
      await predictor.inference({ tensors: [tensor], fetchVarNames: [outputName] });
      const tag = predictor.variant ?? "";
      counts.set(tag, (counts.get(tag) ?? 0) + 1);
      api.freePredictor(predictor);
    }
  };
  await Promise.all(Array.from({ length: Number(values["in-flight"]) }, caller));
  return counts;
}

/** Calls a server has answered well so far. */
async function countedBy(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = metrics.matchAll(/^paddlewheel_calls_total\{[^}]*code="ok"[^}]*\} (\d+)$/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}

const directory = await mkdtemp(join(tmpdir(), "variant-weights-"));
try {
  const model = await prepareModel(benchModels.linear, directory);
  const fleet = await ServerFleet.start(model, weights.length);
  try {
    const before = await Promise.all(fleet.ports.map(countedBy));
    const api = await createApi(fleet.ports);
    const counts = await callAll(api, model);
    api.destroy();
    const after = await Promise.all(fleet.ports.map(countedBy));
    for (const [i, port] of fleet.ports.entries()) {
      const share = (weights[i] ?? 0) / weights.reduce((sum, weight) => sum + weight, 0);
      const sigma = Math.sqrt(calls * share * (1 - share));
      const count = counts.get(String(port)) ?? 0;
      const served = (after[i] ?? 0) - (before[i] ?? 0);
      const sigmas = (count - calls * share) / sigma;
      console.log(
        `weight ${weights[i]}: ${count} of ${calls} calls, ${sigmas.toFixed(2)} σ off; served ${served}`,
      );
      if (Math.abs(sigmas) > maxSigmas || served !== count) process.exitCode = 1;
    }
  } finally {
    await fleet.stop();
  }
} finally {
  await rm(directory, { recursive: true });
}

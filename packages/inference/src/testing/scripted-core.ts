import { readFile } from "node:fs/promises";
import { threadId } from "node:worker_threads";
import type { ModelSignature, Tensor, TensorMap } from "@paddlewheel/core";
import type { FluidFamilyCore } from "../core/fluid-family-core.js";
import { passGate } from "./gate.js";

/** What a run of the scripted core does, by the `act` it is given. */
export const Act = {
  /** Gives back `x` and the id of its thread. */
  echo: 0,
  fail: 1,
  /** Ends its thread. */
  exit: 2,
  /** Throws where nobody can catch it. */
  crash: 3,
  /** Echoes once the test opens the gate. */
  wait: 4,
} as const;
export type Act = (typeof Act)[keyof typeof Act];

/** The "model" of a scripted core: what its load does, as JSON in the file `create` is given. */
export interface Script {
  /** Name of the gate that waiting acts and waiting loads stop at. */
  readonly gate: string;
  /** `slow`: the load succeeds, but every run takes a millisecond. */
  readonly load: "succeed" | "slow" | "fail" | "exit" | "wait";
}

const signature: ModelSignature = {
  inputs: [
    { name: "act", dtype: "int32", shape: [] },
    { name: "x", dtype: "float32", shape: ["N"] },
  ],
  outputs: [
    { name: "y", dtype: "float32", shape: ["N"] },
    { name: "thread", dtype: "int32", shape: [] },
  ],
};

/** A core that does what a test tells it, in whatever thread it runs. */
class ScriptedCore implements FluidFamilyCore {
  #gate = "";
  #isSlow = false;

  async create(dataPath: string): Promise<ModelSignature> {
    const { gate, load } = JSON.parse(await readFile(dataPath, "utf8")) as Script;
    this.#gate = gate;
    this.#isSlow = load === "slow";
    if (load === "fail") throw new Error("the script says fail");
    if (load === "exit") process.exit(3);
    if (load === "wait") await passGate(gate);
    return signature;
  }

  async run(inputs: TensorMap): Promise<TensorMap> {
    if (this.#isSlow) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    const act = inputs.get("act")?.data[0];
    if (act === Act.fail) throw new Error("the script says fail", { cause: new Error("raw") });
    if (act === Act.exit) process.exit(3);
    if (act === Act.crash) return crash();
    if (act === Act.wait) await passGate(this.#gate);
    const thread: Tensor = { dtype: "int32", shape: [], data: Int32Array.of(threadId) };
    const y = inputs.get("x");
    if (!y) throw new Error("no x");
    return new Map([
      ["y", y],
      ["thread", thread],
    ]);
  }

  async clone(): Promise<FluidFamilyCore> {
    return new ScriptedCore();
  }

  async release(): Promise<void> {}
}

export function createCore(): FluidFamilyCore {
  return new ScriptedCore();
}

function crash(): Promise<never> {
  queueMicrotask(() => {
    throw new Error("crashed");
  });
  return new Promise(() => {});
}

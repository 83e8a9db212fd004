import { existsSync, writeFileSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import { isMainThread, threadId } from "node:worker_threads";
import type { ModelSignature, Tensor, TensorMap } from "@paddlewheel/core";
import type { FluidFamilyCore } from "../core/fluid-family-core.js";
import { passGate } from "./gate.js";

/** What a run of the scripted core does, by the `act` it is given. */
export const Act = {
  /** Gives back `x` and the id of its thread, or of its process where that runs nothing else. */
  echo: 0,
  fail: 1,
  /** Ends its thread. */
  exit: 2,
  /** Throws where nobody can catch it. */
  crash: 3,
  /** Echoes once the test opens the gate. */
  wait: 4,
  /** Kills its process. */
  kill: 5,
  /** Kills its process, the first time that this model is told to. */
  killOnce: 6,
  /** Ends its process as a failed assertion of native code does. */
  abort: 7,
  /** Says so, and never comes back. */
  hang: 8,
  /** Makes much that lives for a while. */
  litter: 9,
  /** Gives the bytes in use on V8's heap, and those of its young generation. */
  weigh: 10,
} as const;
export type Act = (typeof Act)[keyof typeof Act];

/** The "model" of a scripted core: what its load does, as JSON in the file `create` is given. */
export interface Script {
  /** Name of the gate that waiting acts and waiting loads stop at. */
  readonly gate: string;
  /** `slow`: the load succeeds, but every run takes a millisecond. `litter`: as the act of this name. */
  readonly load: "succeed" | "slow" | "fail" | "exit" | "wait" | "litter";
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
  #dataPath = "";

  async create(dataPath: string): Promise<ModelSignature> {
    const { gate, load } = JSON.parse(await readFile(dataPath, "utf8")) as Script;
    this.#gate = gate;
    this.#dataPath = dataPath;
    this.#isSlow = load === "slow";
    if (load === "litter") litter();
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
    if (act === Act.kill) process.kill(process.pid, "SIGKILL");
    if (act === Act.killOnce) killOnce(`${this.#dataPath}.killed`);
    if (act === Act.abort) process.abort();
    if (act === Act.hang) hang();
    if (act === Act.litter) litter();
    if (act === Act.wait) await passGate(this.#gate);
    const thread: Tensor = {
      dtype: "int32",
      shape: [],
      data: Int32Array.of(isMainThread ? process.pid : threadId),
    };
    const y = act === Act.weigh ? weigh() : inputs.get("x");
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

function killOnce(mark: string): void {
  if (existsSync(mark)) return;
  writeFileSync(mark, "");
  process.kill(process.pid, "SIGKILL");
}

function hang(): never {
  writeSync(2, "hangs\n");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** 80 MB, of which 8 are alive at any time. */
function litter(): void {
  const alive: number[][] = [];
  for (let i = 0; i < 1000; i++) alive[i % 100] = new Array<number>(10_000).fill(0.5);
}

function weigh(): Tensor {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  const data = Float32Array.of(getHeapStatistics().used_heap_size, young?.space_size ?? 0);
  return { dtype: "float32", shape: [2], data };
}

import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { TensorMap } from "@paddlewheel/core";
import type { CoreFactory } from "../core/fluid-family-core.js";
import type { CoreSource } from "../run/load-core.js";
import { Gate } from "./gate.js";
import { createModelFolder } from "./model-folder.js";
import type { Act, Script } from "./scripted-core.js";
import { tensor, tensors } from "./tensors.js";

const scriptFile = "script.json";
const module = new URL("./scripted-core.js", import.meta.url).href;

/** Finds scripts where others find models. */
export const scriptedCoreFactory: CoreFactory = {
  module,
  findModel: async (modelDir) => ({ dataPath: join(modelDir, scriptFile), bytes: 1 }),
};

/** A "model" for scripted cores, and the gate they stop at. */
export interface ScriptedModel {
  readonly dir: string;
  readonly source: CoreSource;
  readonly gate: Gate;
  /** What the next load does. */
  onLoad(load: Script["load"]): Promise<void>;
}

export async function createScriptedModel(t: Pick<TestContext, "after">): Promise<ScriptedModel> {
  const gate = randomUUID();
  const dir = await createModelFolder(t, {});
  const dataPath = join(dir, scriptFile);
  const model = {
    dir,
    source: { module, dataPath, model: undefined },
    gate: new Gate(gate),
    onLoad: (load: Script["load"]) => writeFile(dataPath, JSON.stringify({ gate, load })),
  };
  t.after(() => model.gate.close());
  await model.onLoad("succeed");
  return model;
}

/** Inputs of a scripted core. */
export function acting(act: Act, ...x: number[]): TensorMap {
  return tensors({
    act: tensor("int32", [], Int32Array.of(act)),
    x: tensor("float32", [x.length], Float32Array.from(x)),
  });
}

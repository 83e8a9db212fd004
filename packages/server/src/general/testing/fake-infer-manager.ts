import {
  Code,
  type InferEngineInfo,
  type InferManager,
  type ModelVarConf,
  ServeError,
  type TensorMap,
} from "@paddlewheel/core";

/** A model as a function, with what conf and the model say of it. */
export interface FakeModel {
  readonly feedVars: readonly ModelVarConf[];
  readonly fetchVars: readonly ModelVarConf[];
  run(inputs: TensorMap): TensorMap;
}

/** An InferManager whose engines are functions. */
export function fakeInferManager(models: Readonly<Record<string, FakeModel>>): InferManager {
  const modelOf = (name: string): FakeModel => {
    const model = models[name];
    if (!model) throw new ServeError(Code.notFound, `no engine named "${name}"`);
    return model;
  };
  return {
    has: (name) => name in models,
    engine: (name) => engineInfo(name, modelOf(name)),
    infer: async (name, inputs) => new Map(modelOf(name).run(inputs)),
  };
}

function engineInfo(name: string, { feedVars, fetchVars }: FakeModel): InferEngineInfo {
  const signature = { inputs: feedVars, outputs: fetchVars };
  return { name, version: "0", signature, model: { feedVars, fetchVars } };
}

/** A float32 variable `[N]` of a model. */
export function modelVar(name: string, more: Partial<ModelVarConf> = {}): ModelVarConf {
  return { name, aliasName: name, dtype: "float32", shape: [-1], isLodTensor: false, ...more };
}

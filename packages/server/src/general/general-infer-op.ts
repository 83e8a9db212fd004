import {
  type ConfigSchema,
  defineConfig,
  GeneralBlob,
  type InferEngineInfo,
  type ModelVarConf,
  OpWithChannel,
  type Tensor,
  type TensorMap,
} from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { bindInputs } from "./bind-inputs.js";
import { isPadded } from "./padded-sequences.js";
import { profileOf } from "./profile.js";

/**
 * Runs the engine of its node's name on the tensors of its dependencies. Option `version`: version of the engine, or a
 * label of one; the default, empty, leaves that to the request and to the engine.
 */
export class GeneralInferOp extends OpWithChannel<GeneralBlob, { readonly version: string }> {
  static readonly type: string = "GeneralInferOp";
  static readonly needsEngine: boolean = true;
  static readonly alwaysInfers: boolean = true;
  static readonly versionOption: string = "version";
  static readonly config: ConfigSchema<{ readonly version: { readonly string: string } }> = defineConfig({
    version: { string: "" },
  });

  inference(): Promise<void> {
    const blobs = this.preNames.map((name) => this.dependArgument<GeneralBlob>(name));
    const { profileServer } = this.requestMessage<GeneralRequest>();
    const profile = profileOf(this, profileServer);
    const engine = this.engine();
    const inputs = bindInputs(engine, blobs);
    return this.infer(inputs).then((outputs) => {
      const timeStamps = profile.stamps(blobs[0]?.timeStamps);
      this.output = blobOf({ engine, blobs, inputs, outputs }, timeStamps);
    });
  }
}

interface EngineRun {
  readonly engine: InferEngineInfo;
  readonly blobs: readonly Readonly<GeneralBlob>[];
  readonly inputs: TensorMap;
  readonly outputs: TensorMap;
}

function blobOf({ engine, blobs, inputs, outputs }: EngineRun, timeStamps: readonly number[]): GeneralBlob {
  const vars = engine.model.fetchVars;
  if (!vars.some(isLod)) return new GeneralBlob(ownMap(outputs), { timeStamps, vars });
  const sequences = passSequences(engine, blobs, outputs);
  return new GeneralBlob(withLod(engine, inputs, outputs), { timeStamps, vars, sequences });
}

/** A run gives its outputs away, in a Map unless its InferManager is of another kind. */
function ownMap(outputs: TensorMap): Map<string, Tensor> {
  return outputs instanceof Map ? outputs : new Map(outputs);
}

function isLod({ isLodTensor }: ModelVarConf): boolean {
  return isLodTensor;
}

/**
 * ONNX Runtime knows no LoD: an output that conf calls a LoD tensor gets the offsets of a LoD input with as many rows.
 */
function withLod(engine: InferEngineInfo, inputs: TensorMap, outputs: TensorMap): Map<string, Tensor> {
  const result = new Map(outputs);
  for (const { name, isLodTensor } of engine.model.fetchVars) {
    const output = isLodTensor ? result.get(name) : undefined;
    const source = [...inputs.values()].find(({ lod, shape }) => lod && shape[0] === output?.shape[0]);
    if (output && source?.lod) result.set(name, { ...output, lod: source.lod });
  }
  return result;
}

/** An output that conf calls a LoD tensor and that is padded as an input is, has the sequences of that input. */
function passSequences(
  engine: InferEngineInfo,
  blobs: readonly Readonly<GeneralBlob>[],
  outputs: TensorMap,
): Map<string, readonly number[]> {
  const given = blobs.flatMap(({ sequences }) => [...sequences.values()]);
  const passed = new Map<string, readonly number[]>();
  for (const { name, isLodTensor } of engine.model.fetchVars) {
    const output = isLodTensor ? outputs.get(name) : undefined;
    const offsets = output && given.find((candidate) => isPadded(output, candidate));
    if (offsets) passed.set(name, offsets);
  }
  return passed;
}

import {
  Code,
  type GeneralBlob,
  type ModelVarConf,
  OpWithChannel,
  quoteNames,
  ServeError,
  type Tensor,
} from "@paddlewheel/core";
import type { GeneralRequest, GeneralResponse, GeneralTensor, ModelOutput } from "@paddlewheel/wire";
import { sequenceOffsets } from "./padded-sequences.js";
import { profileOf } from "./profile.js";

/**
 * The response of GeneralModelService: one ModelOutput per dependency that gave an output, with the tensors the request
 * asks for, in the order it asks; all of them, in the model's order, when it asks for none.
 */
export class GeneralResponseOp extends OpWithChannel<GeneralResponse> {
  static readonly type: string = "GeneralResponseOp";

  inference(): void {
    const request = this.requestMessage<GeneralRequest>();
    const fetch = request.fetchVarNames;
    const profile = profileOf(this, request.profileServer);
    const blobs: Readonly<GeneralBlob>[] = [];
    const outputs: ModelOutput[] = [];
    let isAnyShort = false;
    for (const name of this.preNames) {
      if (!this.hasDependArgument(name)) continue;
      const blob = this.dependArgument<GeneralBlob>(name);
      const output = this.modelOutput(name, blob, fetch);
      isAnyShort ||= output.tensors.length < fetch.length;
      blobs.push(blob);
      outputs.push(output);
    }
    if (outputs.length === 0) this.#refuseNone();
    // Where each gave as many tensors as were asked for, none was asked for in vain.
    if (isAnyShort) refuseUnknownFetches(fetch, blobs);
    this.output = {
      outputs,
      profileTime: profile.stamps(stampsOf(blobs)),
      profileServer: request.profileServer,
      logId: this.call.logId,
      errNo: 0,
      errMsg: "",
    };
  }

  #refuseNone(): never {
    const message = `op "${this.name}" has nothing to respond with: none of ${quoteNames(this.preNames)} gave an output`;
    throw new ServeError(Code.opFailure, message);
  }

  /** One dependency's part; other responses change the tensors here. */
  protected modelOutput(
    engineName: string,
    blob: Readonly<GeneralBlob>,
    fetch: readonly string[],
  ): ModelOutput {
    const tensors: GeneralTensor[] = [];
    for (const name of fetch.length > 0 ? fetch : blob.tensors.keys()) {
      const tensor = fetchTensor(blob, name);
      if (tensor) tensors.push(tensor);
    }
    return { engineName, tensors };
  }
}

/** All stamps of the first dependency, and the last Op's pair of each other. Source: general_response_op.cpp. */
function stampsOf(blobs: readonly Readonly<GeneralBlob>[]): readonly number[] {
  const [first] = blobs;
  if (first && blobs.length === 1) return first.timeStamps;
  return blobs.flatMap(({ timeStamps }, i) => (i === 0 ? timeStamps : timeStamps.slice(-2)));
}

function refuseUnknownFetches(fetch: readonly string[], blobs: readonly Readonly<GeneralBlob>[]): void {
  for (const [i, name] of fetch.entries()) {
    if (blobs.some((blob) => blob.tensors.has(tensorName(blob, name)))) continue;
    const known = quoteNames(
      blobs.flatMap((blob) => [...blob.tensors.keys()].map((key) => aliasOf(blob, key))),
    );
    throw new ServeError(
      Code.invalidArgument,
      `fetch_var_names[${i}]: no output named "${name}", there is ${known}`,
    );
  }
}

/** The tensor under a fetch name, an alias or the model's own name; undefined when this model does not give it. */
function fetchTensor({ vars, tensors }: Readonly<GeneralBlob>, fetch: string): GeneralTensor | undefined {
  const fetchVar = vars && findVar(vars, fetch);
  const tensor = tensors.get(fetchVar?.name ?? fetch);
  return tensor && toGeneralTensor(tensor, fetchVar ?? { name: fetch, aliasName: fetch, isLodTensor: true });
}

function findVar(vars: readonly ModelVarConf[], fetch: string): ModelVarConf | undefined {
  for (const one of vars) if (one.aliasName === fetch) return one;
  for (const one of vars) if (one.name === fetch) return one;
  return undefined;
}

/**
 * Compat: only the outermost level of LoD leaves, and only for variables conf calls LoD tensors. Alone it has to cut the
 * rows and no longer the sequences of the level inside it.
 */
function toGeneralTensor(
  tensor: Tensor,
  { name, aliasName, isLodTensor }: Pick<ModelVarConf, "name" | "aliasName" | "isLodTensor">,
): GeneralTensor {
  const { dtype, shape, data, lod } = tensor;
  const level = isLodTensor && lod ? sequenceOffsets(lod) : undefined;
  return level
    ? { name, aliasName, dtype, shape, data, lod: [level] }
    : { name, aliasName, dtype, shape, data };
}

function tensorName(blob: Readonly<GeneralBlob>, fetch: string): string {
  return blob.vars?.find(({ aliasName }) => aliasName === fetch)?.name ?? fetch;
}

function aliasOf(blob: Readonly<GeneralBlob>, name: string): string {
  return blob.vars?.find((fetchVar) => fetchVar.name === name)?.aliasName ?? name;
}

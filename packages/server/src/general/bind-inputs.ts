import {
  Code,
  type GeneralBlob,
  type InferEngineInfo,
  quoteNames,
  ServeError,
  type Tensor,
  type TensorMap,
} from "@paddlewheel/core";

/**
 * The tensors a model wants, out of what the Ops before it gave: by the model's own names or their aliases, in the
 * model's order. A model's outputs may hold more than the next model takes; a request may not.
 * @throws ServeError invalidArgument
 */
export function bindInputs(engine: InferEngineInfo, blobs: readonly Readonly<GeneralBlob>[]): TensorMap {
  const available = mergeTensors(blobs);
  if (isExact(engine, available)) return available;
  const inputs = new Map<string, Tensor>();
  const taken = new Set<string>();
  for (const { name } of engine.signature.inputs) {
    const alias = engine.model.feedVars.find((feed) => feed.name === name)?.aliasName ?? name;
    const key = available.has(name) ? name : alias;
    const tensor = available.get(key);
    if (!tensor) continue;
    inputs.set(name, tensor);
    taken.add(key);
  }
  for (const blob of blobs) {
    if (!blob.vars) refuseUnknown(engine, blob, taken);
  }
  return inputs;
}

/** Whether the tensors are what the model wants already, by its own names: then nothing need be built. */
function isExact({ signature: { inputs } }: InferEngineInfo, tensors: TensorMap): boolean {
  return tensors.size === inputs.length && inputs.every(({ name }) => tensors.has(name));
}

function mergeTensors(blobs: readonly Readonly<GeneralBlob>[]): TensorMap {
  const [first] = blobs;
  if (blobs.length === 1 && first) return first.tensors;
  const merged = new Map<string, Tensor>();
  for (const { tensors } of blobs) {
    for (const [name, tensor] of tensors) {
      if (merged.has(name)) {
        throw new ServeError(Code.invalidArgument, `tensor "${name}": given by more than one dependency`);
      }
      merged.set(name, tensor);
    }
  }
  return merged;
}

function refuseUnknown(
  engine: InferEngineInfo,
  blob: Readonly<GeneralBlob>,
  taken: ReadonlySet<string>,
): void {
  for (const name of blob.tensors.keys()) {
    if (taken.has(name)) continue;
    const known = quoteNames(engine.signature.inputs.map((input) => input.name));
    throw new ServeError(
      Code.invalidArgument,
      `tensor "${name}": the model of engine "${engine.name}" has no feed of that name, it has ${known}`,
    );
  }
}

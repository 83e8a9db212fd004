import { Code, concatRows, ServeError } from "@paddlewheel/core";
import type { GeneralResponse, GeneralTensor, ModelOutput } from "@paddlewheel/wire";
import type { NonEmpty } from "./start-parts.js";

/**
 * The response as one server would have given it: the rows of all parts in order. Times and ids are those of the first.
 * @throws ServeError internal when the parts have other outputs, types or shapes than the first.
 */
export function mergeRows([first, ...others]: NonEmpty<GeneralResponse>): GeneralResponse {
  const outputs = first.outputs.map((output) => mergeOutput(output, others));
  return { ...first, outputs };
}

function mergeOutput({ engineName, tensors }: ModelOutput, others: readonly GeneralResponse[]): ModelOutput {
  const outputs = others.map((other) => other.outputs.find((output) => output.engineName === engineName));
  return {
    engineName,
    tensors: tensors.map((tensor) => {
      const isSame = ({ aliasName }: GeneralTensor): boolean => aliasName === tensor.aliasName;
      return mergeTensors(
        tensor,
        outputs.map((output) => output?.tensors.find(isSame)),
      );
    }),
  };
}

function mergeTensors(first: GeneralTensor, others: readonly (GeneralTensor | undefined)[]): GeneralTensor {
  const fitting = others.map((other) => {
    if (other && isAlike(first, other)) return other;
    throw misfit(first, other);
  });
  const parts: [GeneralTensor, ...GeneralTensor[]] = [first, ...fitting];
  const lod = first.lod && mergeLod(parts.map((part) => part.lod ?? []));
  return { ...first, ...concatRows(parts), ...(lod ? { lod } : {}) };
}

function isAlike(a: GeneralTensor, b: GeneralTensor): boolean {
  const isShaped = a.shape.length > 0 && a.shape.slice(1).join() === b.shape.slice(1).join();
  return (
    a.dtype === b.dtype && isShaped && a.shape.length === b.shape.length && a.lod?.length === b.lod?.length
  );
}

/** Each level goes on where that of the part before ended. */
function mergeLod(lods: readonly (readonly (readonly number[])[])[]): readonly (readonly number[])[] {
  const [first = [], ...others] = lods;
  return first.map((level, depth) => {
    const merged = [...level];
    for (const lod of others) {
      const end = merged.at(-1) ?? 0;
      for (const offset of lod[depth]?.slice(1) ?? []) merged.push(end + offset);
    }
    return merged;
  });
}

function misfit(first: GeneralTensor, other: GeneralTensor | undefined): ServeError {
  const { aliasName } = first;
  const what = other
    ? `is ${typeOf(first)} in the first and ${typeOf(other)} in another`
    : "is missing in one of them";
  return new ServeError(Code.internal, `the answers to the parts do not fit: output "${aliasName}" ${what}`);
}

function typeOf({ dtype, shape, lod }: GeneralTensor): string {
  return `${dtype} [${shape.join(", ")}]${lod ? " with lod" : ""}`;
}

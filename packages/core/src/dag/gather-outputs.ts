import { Code } from "../code.js";
import { GeneralBlob } from "../op/general-blob.js";
import { quoteNames } from "../quote-value.js";
import { ServeError } from "../serve-error.js";
import { concatRows } from "../tensor/rows.js";
import { elementCount, type Tensor } from "../tensor/tensor.js";

/**
 * The outputs of a map's runs as one, in the order of the items; undefined stands for a run that gave none.
 *
 * Blobs become one blob, their tensors' rows one after the other: a run without output adds no row. Anything else becomes
 * a list with a place for each item. Without any output a map over a list gives a list all the same, and one over rows
 * gives none (undefined), since nobody knows the tensors it would have.
 * @throws ServeError opFailure naming the item whose tensors do not fit the first's.
 */
export function gatherOutputs(outputs: readonly unknown[], { areRows }: { areRows: boolean }): unknown {
  const present = outputs.flatMap((output, item) => (output === undefined ? [] : [{ output, item }]));
  if (present.length === 0) return areRows ? undefined : outputs;
  const blobs = present.flatMap(({ output, item }) =>
    output instanceof GeneralBlob ? [{ blob: output, item }] : [],
  );
  const [first, ...others] = blobs;
  if (!first || blobs.length < present.length) return outputs;
  return concatBlobs(first, others);
}

interface ItemBlob {
  readonly item: number;
  readonly blob: GeneralBlob;
}

function concatBlobs(first: ItemBlob, others: readonly ItemBlob[]): GeneralBlob {
  for (const other of others) checkNames(first, other);
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of first.blob.tensors) {
    checkTensorFits(name, tensor, { item: first.item, tensor });
    const parts = others.map(({ item, blob }) => {
      const part = blob.tensor(name);
      checkTensorFits(name, tensor, { item, tensor: part });
      return part;
    });
    checkSize(name, [tensor, ...parts]);
    tensors.set(name, concatRows([tensor, ...parts]));
  }
  const timeStamps = joinStamps([first, ...others].map(({ blob }) => blob.timeStamps));
  return new GeneralBlob(tensors, { timeStamps, vars: first.blob.vars });
}

function checkNames(first: ItemBlob, other: ItemBlob): void {
  const { tensors } = other.blob;
  const isSame =
    tensors.size === first.blob.tensors.size &&
    [...first.blob.tensors.keys()].every((name) => tensors.has(name));
  if (isSame) return;
  throw misfit(
    other.item,
    `gave the tensors ${quoteNames(tensors.keys())}, item ${first.item} ${quoteNames(first.blob.tensors.keys())}`,
  );
}

function checkTensorFits(
  name: string,
  first: Tensor,
  { item, tensor }: { readonly item: number; readonly tensor: Tensor },
): void {
  const { dtype, shape, lod } = tensor;
  if (lod) throw misfit(item, `gave tensor "${name}" with lod, only dense rows can be gathered`);
  if (shape.length === 0) throw misfit(item, `gave tensor "${name}" as a scalar, which has no rows`);
  if (dtype !== first.dtype)
    throw misfit(item, `gave tensor "${name}" as ${dtype}, others as ${first.dtype}`);
  const isSame =
    shape.length === first.shape.length &&
    shape.every((size, axis) => axis === 0 || size === first.shape[axis]);
  if (isSame) return;
  const [here, there] = [shape, first.shape].map((one) => `[${one.join(", ")}]`);
  throw misfit(item, `gave tensor "${name}" of shape ${here}, others ${there}: all but the rows must agree`);
}

/** @throws ServeError when all rows together are more than a tensor may hold. */
function checkSize(name: string, parts: readonly Tensor[]): void {
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  elementCount([rows, ...(parts[0]?.shape.slice(1) ?? [])], `tensor "${name}" of all items`);
}

/** The stamps of the first run, with the end of the last. */
function joinStamps(stamps: readonly (readonly number[])[]): readonly number[] {
  const ends = stamps.flatMap((one) => one.at(-1) ?? []);
  return ends.length === 0 ? [] : [...(stamps[0]?.slice(0, -1) ?? []), Math.max(...ends)];
}

function misfit(item: number, message: string): ServeError {
  return new ServeError(Code.opFailure, `item ${item} ${message}`);
}

import { Code } from "../code.js";
import { GeneralBlob } from "../op/general-blob.js";
import { quoteValue } from "../quote-value.js";
import { ServeError } from "../serve-error.js";
import { sliceRows } from "../tensor/rows.js";
import type { Tensor } from "../tensor/tensor.js";
import type { MapSource } from "./map-source.js";
import { startupOp } from "./workflow-conf.js";

/** Items of one map. Each costs an object and an Op run; a list this long is meant for one run of a model. */
const maxItems = 10_000;

/** What a map runs over, cut into items when they are asked for. */
export interface MapItems {
  readonly count: number;
  /** Whether an item is a row of tensors. */
  readonly areRows: boolean;
  item(index: number): unknown;
}

/**
 * The items of a dependency's output: the elements of a list, of a typed array or of the named list in it, or the rows of
 * a GeneralBlob's tensors, all of them or the named one. An item of a blob is a blob of one-row tensors, which are views.
 * @throws ServeError when there is nothing of that kind: opFailure, or invalidArgument when it is the request;
 * invalidArgument when there are more than 10,000 items or the tensors cannot be cut into rows.
 */
export function mapItems(output: unknown, { dependency, field }: MapSource): MapItems {
  const what = field === undefined ? `"${dependency}"` : `"${dependency}.${field}"`;
  if (output instanceof GeneralBlob) return limited(rowsOf(output, field, what), what);
  const list = field === undefined ? output : fieldOf(output, field);
  if (Array.isArray(list) || isTypedArray(list)) {
    return limited({ count: list.length, areRows: false, item: (index) => list[index] }, what);
  }
  // A request is its caller's, any other output an Op's.
  const code = dependency === startupOp ? Code.invalidArgument : Code.opFailure;
  throw new ServeError(code, `${what} is ${kindOf(list)}, a map runs over a list or the rows of tensors`);
}

function limited(items: MapItems, what: string): MapItems {
  if (items.count <= maxItems) return items;
  throw invalid(`${what} has ${items.count} items, a map runs over at most ${maxItems}`);
}

function fieldOf(output: unknown, field: string): unknown {
  return typeof output === "object" && output !== null ? Reflect.get(output, field) : undefined;
}

function rowsOf(blob: GeneralBlob, field: string | undefined, what: string): MapItems {
  const tensors = field === undefined ? blob.tensors : new Map([[field, blob.tensor(field)]]);
  for (const [name, tensor] of tensors) checkCuttable(blob, name, tensor);
  const counts = [...tensors].map(([name, { shape }]) => ({ name, rows: shape[0] ?? 0 }));
  const [first] = counts;
  const other = counts.find(({ rows }) => rows !== first?.rows);
  if (first && other) {
    throw invalid(
      `${what} has ${first.rows} rows in tensor "${first.name}" and ${other.rows} in "${other.name}", a map needs the same`,
    );
  }
  return { count: first?.rows ?? 0, areRows: true, item: (index) => rowOf(blob, tensors, index) };
}

/** Rows of a ragged tensor are not its sequences, and what padding added to one cannot be told in a row alone. */
function checkCuttable(blob: GeneralBlob, name: string, { shape, lod }: Tensor): void {
  if (shape.length === 0) throw invalid(`tensor "${name}" is a scalar and has no rows for a map to run over`);
  if (!lod && !blob.sequences.has(name)) return;
  throw invalid(`tensor "${name}" holds sequences (lod), a map runs over dense rows only`);
}

function rowOf(blob: GeneralBlob, tensors: ReadonlyMap<string, Tensor>, index: number): GeneralBlob {
  const row = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) row.set(name, sliceRows(tensor, index, 1));
  return new GeneralBlob(row, { timeStamps: blob.timeStamps, vars: blob.vars });
}

function isTypedArray(value: unknown): value is ArrayLike<unknown> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function kindOf(value: unknown): string {
  return value === undefined ? "absent" : quoteValue(value);
}

function invalid(message: string): ServeError {
  return new ServeError(Code.invalidArgument, message);
}

import type { ModelSignature, TensorMap, VarSignature } from "@paddlewheel/core";
import { anyAxes, isPlaceholder } from "../engine/axes.js";

/** Which variables of a model have rows, and which are for all rows alike. Names are the model's own. */
export interface BatchLayout {
  /** Inputs whose first axis counts rows; at least one. */
  readonly rowInputs: readonly string[];
  /** Inputs without rows: a batch has one of each, so requests merge only when theirs are equal byte for byte. */
  readonly sharedInputs: readonly string[];
  /** Outputs without rows; every request of a batch gets them whole. */
  readonly sharedOutputs: ReadonlySet<string>;
  /** By output, for each axis: the input axis that tells its size before padding. */
  readonly outputAxes: ReadonlyMap<string, readonly (AxisPlace | undefined)[]>;
  /** Why requests of different inner shapes cannot be padded to one; undefined when they can. */
  readonly paddingFault: string | undefined;
}

/** An axis of an input. */
export interface AxisPlace {
  readonly input: string;
  readonly axis: number;
}

export type LayoutPlan = { readonly layout: BatchLayout } | { readonly fault: string };

/**
 * Reads from a signature whether requests can be rows of one run: some inputs have a free first axis, of one name where
 * they name it, which stands nowhere else, and some output has a free first axis too. A signature cannot say that rows
 * leave each other alone; that is tried, see `tryBatches`.
 */
export function planLayout(signature: ModelSignature): LayoutPlan {
  const { inputs, outputs } = signature;
  const rowInputs = inputs.filter(hasFreeFirstAxis);
  const fault = layoutFault(signature, rowInputs);
  if (fault !== undefined) return { fault };
  const sharedInputs = inputs.filter((input) => !hasFreeFirstAxis(input));
  const sharedOutputs = outputs.filter((output) => !hasFreeFirstAxis(output));
  return {
    layout: {
      rowInputs: namesOf(rowInputs),
      sharedInputs: namesOf(sharedInputs),
      sharedOutputs: new Set(namesOf(sharedOutputs)),
      outputAxes: new Map(outputs.map((output) => [output.name, axisPlaces(output, rowInputs)])),
      paddingFault: paddingFault(signature, rowInputs),
    },
  };
}

/** Rows of a request; undefined when its inputs disagree, which a model may allow and no batch does. */
export function rowsOf({ rowInputs }: BatchLayout, inputs: TensorMap): number | undefined {
  let rows: number | undefined;
  for (const name of rowInputs) {
    const own = inputs.get(name)?.shape[0];
    if (own === undefined || (rows !== undefined && rows !== own)) return undefined;
    rows = own;
  }
  return rows;
}

/** Rows of all parts together. */
export function countRows(parts: readonly { readonly rows: number }[]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}

function hasFreeFirstAxis({ shape: [first] }: VarSignature): boolean {
  return typeof first === "string" && first !== anyAxes;
}

function layoutFault(
  { inputs, outputs }: ModelSignature,
  rowInputs: readonly VarSignature[],
): string | undefined {
  const open = [...inputs, ...outputs].find(({ shape }) => shape[0] === anyAxes);
  if (open) return `the model leaves the rank of "${open.name}" open`;
  if (rowInputs.length === 0) return "no input has a free first axis";
  if (!outputs.some(hasFreeFirstAxis)) return "no output has a free first axis";
  const names = new Set(
    rowInputs.map(({ shape }) => String(shape[0])).filter((name) => !isPlaceholder(name)),
  );
  if (names.size > 1) return `the first axes of the inputs differ: ${[...names].join(", ")}`;
  const twice = [...inputs, ...outputs].find(({ shape }) =>
    shape.slice(1).some((axis) => names.has(String(axis))),
  );
  return twice && `"${twice.name}" has the axis of the rows behind the first one, too`;
}

function paddingFault(
  { inputs, outputs }: ModelSignature,
  rowInputs: readonly VarSignature[],
): string | undefined {
  if (!rowInputs.some(({ shape }) => shape.some((axis, i) => i > 0 && typeof axis === "string"))) {
    return "no input has a free axis behind the first";
  }
  const shared = inputs.find(
    (input) => !hasFreeFirstAxis(input) && input.shape.some((axis) => typeof axis === "string"),
  );
  if (shared) return `input "${shared.name}", which has no rows, has a free axis`;
  for (const output of outputs) {
    const places = axisPlaces(output, rowInputs);
    const axis = output.shape.findIndex((size, i) => i > 0 && typeof size === "string" && !places[i]);
    if (axis > 0) return `axis ${axis} of output "${output.name}" is no input's, so it could not be cut back`;
  }
  return undefined;
}

/** Where the sizes of an output's free inner axes come from: an input axis of the same real name. */
function axisPlaces(
  { shape }: VarSignature,
  rowInputs: readonly VarSignature[],
): readonly (AxisPlace | undefined)[] {
  return shape.map((size, i) => (i === 0 ? undefined : findAxis(size, rowInputs)));
}

function findAxis(size: number | string, inputs: readonly VarSignature[]): AxisPlace | undefined {
  if (typeof size === "number" || isPlaceholder(size)) return undefined;
  for (const { name, shape } of inputs) {
    const axis = shape.indexOf(size, 1);
    if (axis > 0) return { input: name, axis };
  }
  return undefined;
}

function namesOf(variables: readonly VarSignature[]): string[] {
  return variables.map(({ name }) => name);
}

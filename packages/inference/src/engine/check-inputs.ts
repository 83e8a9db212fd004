import {
  Code,
  checkTensor,
  type ModelSignature,
  quoteNames,
  ServeError,
  type Tensor,
  type TensorMap,
  type VarSignature,
} from "@paddlewheel/core";
import { isPlaceholder, isUnranked } from "./axes.js";

/** A free axis whose size an earlier tensor of the request has fixed. */
interface BoundAxis {
  readonly name: string;
  readonly tensor: string;
  readonly axis: number;
  readonly size: number;
}

/** Characters of a name that came with the request; longer ones are cut in messages. */
const maxQuotedLength = 64;

/**
 * Checks that `inputs` are exactly what the model takes: all its inputs and no others, each with the model's element
 * type, rank and fixed sizes, free axes of one name equal everywhere, and as many elements as the shape says. It
 * runs before anything is queued, so that a bad request costs no worker its time and can spoil no batch.
 *
 * Strings with a NUL are refused because ONNX Runtime's binding cuts them there without a word.
 * @throws ServeError invalidArgument naming the tensor, the engine and what would be right.
 */
export function checkInputs(engine: string, signature: ModelSignature, inputs: TensorMap): void {
  let bound: readonly BoundAxis[] | undefined;
  const shared = sharedNamesOf(signature.inputs);
  for (const declared of signature.inputs) {
    const tensor = inputs.get(declared.name);
    if (!tensor) throw missingInput(engine, signature, declared);
    checkType(engine, declared, tensor);
    checkRank(engine, declared, tensor);
    bound = checkSizes({ engine, shared, declared, tensor, bound });
    checkTensor(declared.name, tensor);
    if (declared.dtype === "string") checkStrings(declared.name, tensor);
  }
  if (inputs.size !== signature.inputs.length) throw unknownInput(engine, signature, inputs);
}

function checkType(engine: string, declared: VarSignature, tensor: Tensor): void {
  if (tensor.dtype === declared.dtype) return;
  throw invalid(
    declared.name,
    `element type is ${tensor.dtype}, the model of engine "${engine}" wants ${declared.dtype}`,
  );
}

function checkRank(engine: string, { name, shape }: VarSignature, tensor: Tensor): void {
  if (isUnranked(shape) || tensor.shape.length === shape.length) return;
  throw invalid(
    name,
    `shape ${brackets(tensor.shape)} has ${axes(tensor.shape.length)}, the model of engine "${engine}" wants ` +
      `${axes(shape.length)}: ${brackets(shape)}`,
  );
}

/**
 * Names of axes that stand in several places, by the model's inputs: of others there is nothing to compare, and most
 * models have only the one of their rows.
 */
const sharedNames = new WeakMap<readonly VarSignature[], ReadonlySet<string>>();

function sharedNamesOf(inputs: readonly VarSignature[]): ReadonlySet<string> {
  const known = sharedNames.get(inputs);
  if (known) return known;
  const names = inputs.flatMap(({ shape }) => shape).filter((axis) => typeof axis === "string");
  const twice = names.filter((name, i) => !isPlaceholder(name) && names.indexOf(name) < i);
  const shared = new Set(twice);
  sharedNames.set(inputs, shared);
  return shared;
}

interface SizesCheck {
  readonly shared: ReadonlySet<string>;
  readonly engine: string;
  readonly declared: VarSignature;
  readonly tensor: Tensor;
  readonly bound: readonly BoundAxis[] | undefined;
}

/** Gives back the named axes with their sizes so far. */
function checkSizes({
  engine,
  shared,
  declared,
  tensor,
  bound,
}: SizesCheck): readonly BoundAxis[] | undefined {
  if (isUnranked(declared.shape)) return bound;
  let known = bound;
  for (let axis = 0; axis < declared.shape.length; axis++) {
    const wanted = declared.shape[axis] ?? "";
    const size = tensor.shape[axis] ?? 0;
    if (typeof wanted === "number") {
      if (size !== wanted) throw wrongSize({ engine, name: declared.name, axis, size, wanted });
    } else if (shared.has(wanted)) {
      const first = known?.find(({ name }) => name === wanted);
      if (!first) known = [...(known ?? []), { name: wanted, tensor: declared.name, axis, size }];
      else if (first.size !== size) throw unequalSizes({ engine, declared, axis, size, first, wanted });
    }
  }
  return known;
}

function checkStrings(name: string, tensor: Tensor): void {
  for (const [i, text] of (tensor.data as readonly unknown[]).entries()) {
    if (typeof text !== "string") throw invalid(name, `element ${i} is not a string`);
    if (text.includes("\0")) throw invalid(name, `element ${i} has a NUL character, strings must not`);
  }
}

interface WrongSize {
  readonly engine: string;
  readonly name: string;
  readonly axis: number;
  readonly size: number;
  readonly wanted: number;
}

function wrongSize({ engine, name, axis, size, wanted }: WrongSize): ServeError {
  return invalid(name, `axis ${axis} is ${size}, the model of engine "${engine}" wants ${wanted}`);
}

interface UnequalSizes {
  readonly engine: string;
  readonly declared: VarSignature;
  readonly axis: number;
  readonly size: number;
  readonly first: BoundAxis;
  readonly wanted: string;
}

function unequalSizes({ engine, declared, axis, size, first, wanted }: UnequalSizes): ServeError {
  const other = first.tensor === declared.name ? "" : ` of tensor "${first.tensor}"`;
  return invalid(
    declared.name,
    `axis ${axis} is ${size} but axis ${first.axis}${other} is ${first.size}; ` +
      `the model of engine "${engine}" calls both ${wanted} and wants them equal`,
  );
}

function missingInput(engine: string, signature: ModelSignature, { name }: VarSignature): ServeError {
  return invalid(name, `is missing; ${wantedInputs(engine, signature)}`);
}

function unknownInput(engine: string, signature: ModelSignature, inputs: TensorMap): ServeError {
  const known = new Set(signature.inputs.map(({ name }) => name));
  const [name = ""] = [...inputs.keys()].filter((given) => !known.has(given));
  return invalid(quotable(name), `is no input of the model; ${wantedInputs(engine, signature)}`);
}

function wantedInputs(engine: string, { inputs }: ModelSignature): string {
  return `engine "${engine}" wants ${quoteNames(inputs.map(({ name }) => name))}`;
}

/** A name as it may stand in a message: no control characters, not too long. */
function quotable(name: string): string {
  const printable = name.replace(/\p{Cc}/gu, "?");
  return printable.length > maxQuotedLength ? `${printable.slice(0, maxQuotedLength)}…` : printable;
}

function axes(count: number): string {
  return count === 1 ? "1 axis" : `${count} axes`;
}

function brackets(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}

function invalid(tensor: string, problem: string): ServeError {
  return new ServeError(Code.invalidArgument, `tensor "${tensor}": ${problem}`);
}

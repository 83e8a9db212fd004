import {
  Code,
  dtypeTable,
  type ModelVarConf,
  ServeError,
  type Tensor,
  type TypedArray,
} from "@paddlewheel/core/message";
import { arrayOfElements, flattenList, type NestedList } from "./nested-list.js";

/**
 * The value of one feed variable: a Tensor; an array of the variable's type, in the shape conf gives; or nested lists.
 * A Tensor and an array are sent as they are, so the caller must leave them alone until the answer is there.
 */
export type FeedValue = Tensor | TypedArray | NestedList;

export interface FeedTensorOptions {
  /** Whether the value has the batch axis in front already; without it a batch of one is made. */
  readonly batch: boolean;
  /** Offsets of a ragged value; such a value is a batch by itself. */
  readonly lod?: readonly (readonly number[])[] | undefined;
}

/** @throws ServeError invalidArgument naming the variable. */
export function feedTensor(feed: ModelVarConf, value: FeedValue, options: FeedTensorOptions): Tensor {
  const tensor = readValue(feed, value, options);
  const lod = options.lod ?? tensor.lod;
  const isWhole = options.batch || lod !== undefined;
  const shape = isWhole ? tensor.shape : [1, ...tensor.shape];
  return { dtype: feed.dtype, shape, data: tensor.data, ...(lod ? { lod } : {}) };
}

export function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === "object" && value !== null && "dtype" in value && "shape" in value && "data" in value
  );
}

function readValue(feed: ModelVarConf, value: FeedValue, options: FeedTensorOptions): Tensor {
  if (isTensor(value)) return checkDtype(feed, value);
  if (ArrayBuffer.isView(value)) return fromArray(feed, value, options);
  const { shape, elements } = flattenList(value, whatOf(feed));
  const data = arrayOfElements(feed.dtype, elements, whatOf(feed));
  const isShaped = shape.length === wantedShape(feed, options).length;
  return { dtype: feed.dtype, shape: isShaped ? shape : fitShape(feed, elements.length, options), data };
}

function checkDtype(feed: ModelVarConf, tensor: Tensor): Tensor {
  if (tensor.dtype === feed.dtype) return tensor;
  throw invalid(feed, `element type is ${tensor.dtype}, the conf of the model says ${feed.dtype}`);
}

function fromArray(feed: ModelVarConf, data: TypedArray, options: FeedTensorOptions): Tensor {
  const { arrayType, arrayStride } = dtypeTable[feed.dtype];
  if (!arrayType || !(data instanceof arrayType)) {
    const wanted = arrayType?.name ?? "a list of strings";
    throw invalid(feed, `a ${data.constructor.name} is given, ${feed.dtype} wants ${wanted}`);
  }
  return { dtype: feed.dtype, shape: fitShape(feed, data.length / arrayStride, options), data };
}

/** Sizes a value without a shape of its own should have; -1 is free. Conf says of ragged values only that they are. */
function wantedShape(feed: ModelVarConf, { batch }: FeedTensorOptions): readonly number[] {
  return batch && !feed.isLodTensor ? [-1, ...feed.shape] : feed.shape;
}

/** The wanted shape with its one free axis filled so that all elements have a place. */
function fitShape(feed: ModelVarConf, count: number, options: FeedTensorOptions): readonly number[] {
  const wanted = wantedShape(feed, options);
  const fixed = wanted.filter((size) => size >= 0).reduce((product, size) => product * size, 1);
  const free = wanted.filter((size) => size < 0).length;
  const rest = free === 0 ? 1 : count / fixed;
  if (free <= 1 && Number.isInteger(rest) && rest * fixed === count) {
    return wanted.map((size) => (size < 0 ? rest : size));
  }
  const hint = free > 1 ? "; with more than one free axis a Tensor must say its shape" : "";
  throw invalid(feed, `${count} elements do not fill the shape [${wanted.join(", ")}]${hint}`);
}

function whatOf({ aliasName }: ModelVarConf): string {
  return `feed "${aliasName}"`;
}

function invalid(feed: ModelVarConf, message: string): ServeError {
  return new ServeError(Code.invalidArgument, `${whatOf(feed)}: ${message}`);
}

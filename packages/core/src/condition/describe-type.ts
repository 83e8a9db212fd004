import { GeneralBlob } from "../op/general-blob.js";
import { isList, isTensor } from "./elements.js";

/** What a value is, as messages say it. */
export function describeType(value: unknown): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "bigint") return "a number";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (isList(value)) return "a list";
  if (isTensor(value)) return `a tensor of ${value.dtype}`;
  return value instanceof GeneralBlob ? "a blob of tensors" : "an object";
}

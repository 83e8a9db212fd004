import {
  Code,
  checkTensor,
  dtypeOfElemType,
  dtypeTable,
  ServeError,
  tensorLimits,
} from "@paddlewheel/core/message";
import { wireLimits } from "../wire-limits.js";
import type { GeneralTensor } from "./message.js";
import { type FoundData, tensorData } from "./tensor-data.js";

/** Message Tensor as it was found in bytes or in JSON, before anybody asked whether it makes sense. */
export interface TensorFields {
  readonly name: string;
  readonly aliasName: string;
  readonly elemType: number;
  readonly shape: ArrayLike<number>;
  readonly lod: ArrayLike<number>;
  /** The data fields that are not empty, in the order of their numbers. */
  readonly found: readonly FoundData[];
}

/**
 * The tensor these fields mean. Bytes and JSON both come through here, so that a mistake gets the same words in both.
 * @throws ServeError invalidArgument that names the tensor, says what is wrong and what would be right.
 */
export function tensorFromFields(fields: TensorFields): GeneralTensor {
  const { name, aliasName, elemType } = fields;
  const dtype = dtypeOfElemType(elemType);
  if (!dtype) throw invalid(name, `elem_type ${elemType} is unknown; known are ${knownElemTypes()}`);
  const shape = shapeOf(name, fields.shape);
  const data = tensorData(name, dtype, fields.found);
  const tensor: GeneralTensor =
    fields.lod.length === 0
      ? { name, aliasName, dtype, shape, data }
      : { name, aliasName, dtype, shape, data, lod: lodLevels(name, fields.lod) };
  checkTensor(name, tensor);
  return tensor;
}

/** Refuses a long list before it becomes a JavaScript array. */
function shapeOf(name: string, sizes: ArrayLike<number>): number[] {
  if (sizes.length > tensorLimits.maxRank) {
    throw invalid(name, `shape has ${sizes.length} axes, at most ${tensorLimits.maxRank} are allowed`);
  }
  const shape: number[] = [];
  for (let axis = 0; axis < sizes.length; axis++) shape.push(sizes[axis] ?? 0);
  return shape;
}

/**
 * A 0 after another number starts a level: [0, 2, 5, 0, 1, 3, 4, 5, 6] is two. One after a 0 is the end of an empty
 * sequence.
 */
function lodLevels(name: string, offsets: ArrayLike<number>): number[][] {
  if (offsets[0] !== 0) throw invalid(name, `lod starts with ${offsets[0]}, must start with 0`);
  const levels: number[][] = [];
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i] ?? 0;
    if (offset === 0 && offsets[i - 1] !== 0) levels.push([]);
    levels.at(-1)?.push(offset);
    if (levels.length > wireLimits.maxLodLevels) {
      throw invalid(name, `lod has more than ${wireLimits.maxLodLevels} levels`);
    }
  }
  return levels;
}

function knownElemTypes(): string {
  return Object.values(dtypeTable)
    .map(({ dtype, elemType }) => `${elemType} (${dtype})`)
    .join(", ");
}

function invalid(name: string, problem: string): ServeError {
  return new ServeError(Code.invalidArgument, `tensor "${name}": ${problem}`);
}

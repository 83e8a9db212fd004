import type { NonEmpty } from "./start-parts.js";

/** How a request is split. Source: message RpcParameter of Paddle Serving's sdk_configure.proto. */
export interface Packing {
  /** Items in one part. */
  readonly packageSize: number;
  /** Parts of one request. */
  readonly maxChannelPerRequest: number;
  /** Whether the rows of GeneralModelService are split. */
  readonly packRows: boolean;
}

/** Items from `begin` to before `end`. */
export interface Part {
  readonly begin: number;
  readonly end: number;
}

/** Parts of `packageSize` items, the last of what is left; larger ones when they would be too many. Always at least one. */
export function planParts(
  count: number,
  { packageSize, maxChannelPerRequest }: Pick<Packing, "packageSize" | "maxChannelPerRequest">,
): NonEmpty<Part> {
  const size = Math.max(packageSize, Math.ceil(count / maxChannelPerRequest));
  const partAt = (begin: number): Part => ({ begin, end: Math.min(begin + size, count) });
  const others: Part[] = [];
  for (let begin = size; begin < count; begin += size) others.push(partAt(begin));
  return [partAt(0), ...others];
}

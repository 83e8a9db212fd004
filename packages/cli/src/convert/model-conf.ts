import { type DType, dtypeTable, type ModelConf, type ModelVarConf } from "@paddlewheel/core";
import type { ModelSummary, ValueSummary } from "@paddlewheel/onnx";
import { UsageError } from "../usage-error.js";

export interface AliasNames {
  /** In the order of the model's inputs; undefined to keep the model's own names. */
  readonly feed: readonly string[] | undefined;
  readonly fetch: readonly string[] | undefined;
}

/**
 * The conf of a model, from what its file declares.
 * @throws UsageError when aliases do not fit the model; Error for a value that Paddle Serving has no type for.
 */
export function modelConfOf({ inputs, outputs }: ModelSummary, aliases: AliasNames): ModelConf {
  return {
    feedVars: toVars(inputs, aliases.feed, { flag: "--feed_alias_names", side: "inputs" }),
    fetchVars: toVars(outputs, aliases.fetch, { flag: "--fetch_alias_names", side: "outputs" }),
  };
}

interface Side {
  readonly flag: string;
  readonly side: string;
}

function toVars(
  values: readonly ValueSummary[],
  aliases: readonly string[] | undefined,
  { flag, side }: Side,
): ModelVarConf[] {
  const names = values.map(({ name }) => name);
  const given = aliases ?? names;
  if (given.length !== values.length) {
    throw new UsageError(
      `${flag} has ${given.length} names, the model has ${values.length} ${side}: ${names.join(", ")}`,
    );
  }
  const twice = given.find((alias, i) => given.indexOf(alias) !== i);
  if (twice !== undefined) throw new UsageError(`${flag} has "${twice}" twice`);
  return values.map((value, i) => toVar(value, given[i] ?? value.name));
}

function toVar({ name, dtype, shape }: ValueSummary, aliasName: string): ModelVarConf {
  if (!isDType(dtype)) {
    throw new Error(
      `"${name}" is ${dtype}, which cannot be served; what can: ${Object.keys(dtypeTable).join(", ")}`,
    );
  }
  // A rank the model leaves open is what Paddle Serving writes as one free axis.
  const axes = shape?.slice(1) ?? [-1];
  return {
    name,
    aliasName,
    dtype,
    shape: axes.map((size) => (typeof size === "number" ? size : -1)),
    isLodTensor: false,
  };
}

function isDType(dtype: string): dtype is DType {
  return Object.hasOwn(dtypeTable, dtype);
}

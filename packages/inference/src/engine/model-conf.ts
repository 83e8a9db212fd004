import type { ModelConf, ModelSignature, ModelVarConf, VarSignature } from "@paddlewheel/core";
import { isUnranked } from "./axes.js";

/**
 * The model conf of an engine: `given` after it was held against the model, or one derived from the model's own
 * signature: alias = name, free axes -1, no LoD.
 * @throws Error with every disagreement.
 */
export function resolveModelConf(signature: ModelSignature, given?: ModelConf): ModelConf {
  if (!given) return deriveModelConf(signature);
  const faults = [
    ...varFaults("feed_var", given.feedVars, signature.inputs),
    ...varFaults("fetch_var", given.fetchVars, signature.outputs),
    ...forgottenInputs(given.feedVars, signature.inputs),
  ];
  if (faults.length > 0) throw new Error(faults.join("; "));
  return given;
}

function deriveModelConf({ inputs, outputs }: ModelSignature): ModelConf {
  return { feedVars: inputs.map(deriveVar), fetchVars: outputs.map(deriveVar) };
}

function deriveVar({ name, dtype, shape }: VarSignature): ModelVarConf {
  const withoutBatch = isUnranked(shape) ? shape : shape.slice(1);
  return { name, aliasName: name, dtype, shape: withoutBatch.map(confSize), isLodTensor: false };
}

function varFaults(
  kind: "feed_var" | "fetch_var",
  vars: readonly ModelVarConf[],
  declared: readonly VarSignature[],
): string[] {
  const byName = new Map(declared.map((variable) => [variable.name, variable]));
  return vars.flatMap((conf) => {
    const place = `${kind} "${conf.name}"`;
    const variable = byName.get(conf.name);
    if (!variable) return [`${place}: the model has no such ${side(kind)}; it has ${names(declared)}`];
    return [...dtypeFault(place, conf, variable), ...shapeFault(place, conf, variable)];
  });
}

function dtypeFault(place: string, conf: ModelVarConf, { dtype }: VarSignature): string[] {
  return conf.dtype === dtype ? [] : [`${place}: is ${conf.dtype} in conf and ${dtype} in the model`];
}

function shapeFault(place: string, conf: ModelVarConf, { shape }: VarSignature): string[] {
  if (shapesAgree(conf, shape)) return [];
  const modelShape = shape.slice(1).join(", ");
  return [
    `${place}: has shape [${conf.shape.join(", ")}] in conf and [${modelShape}] in the model, without the batch axis`,
  ];
}

/**
 * Compat: Paddle's own tools write a shape in several ways. They drop every free axis, not only the batch axis; of a
 * LoD variable they write `-1` whatever its shape; some people write the batch axis too.
 */
function shapesAgree(conf: ModelVarConf, shape: VarSignature["shape"]): boolean {
  if (conf.isLodTensor || isUnranked(shape)) return true;
  const sizes = shape.map(confSize);
  const ways = [sizes.slice(1), sizes, sizes.filter((size) => size !== -1)];
  return ways.some((way) => fits(conf.shape, way));
}

/** A free axis on either side fits everything: conf may narrow what the model leaves open. */
function fits(conf: readonly number[], model: readonly number[]): boolean {
  return (
    conf.length === model.length &&
    conf.every((size, axis) => size === -1 || model[axis] === -1 || size === model[axis])
  );
}

function forgottenInputs(feedVars: readonly ModelVarConf[], inputs: readonly VarSignature[]): string[] {
  const fed = new Set(feedVars.map(({ name }) => name));
  return inputs
    .filter(({ name }) => !fed.has(name))
    .map(({ name, dtype }) => `input "${name}" of the model (${dtype}) has no feed_var, and it needs one`);
}

function confSize(size: number | string): number {
  return typeof size === "number" ? size : -1;
}

function side(kind: "feed_var" | "fetch_var"): string {
  return kind === "feed_var" ? "input" : "output";
}

function names(variables: readonly VarSignature[]): string {
  return variables.map(({ name }) => `"${name}"`).join(", ");
}

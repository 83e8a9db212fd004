import {
  dtypeTable,
  type Fault,
  invalidConf,
  type ModelConf,
  type ModelVarConf,
  quoteValue,
} from "@paddlewheel/core/message";

/** A variable of a model as JSON has it. */
export interface ModelVarJson extends Omit<ModelVarConf, "dtype"> {
  /** One of `DType`; a module of JSON has no narrower type. */
  readonly dtype: string;
}

/** What a model takes and gives, as `paddlewheel types --json` writes it. */
export interface ModelJson {
  readonly feedVars: readonly ModelVarJson[];
  readonly fetchVars: readonly ModelVarJson[];
}

type Path = Fault["path"];

/**
 * The model that JSON tells of, wherever that came from.
 * @throws ServeError invalidConf with one line for each fault.
 */
export function parseModelJson(json: ModelJson): ModelConf {
  const faults: Fault[] = [];
  const sides = isObject(json) ? json : { feedVars: undefined, fetchVars: undefined };
  for (const side of ["feedVars", "fetchVars"] as const) faults.push(...faultsOfVars(sides[side], side));
  if (faults.length > 0) throw invalidConf(faults);
  // There was no fault.
  return json as ModelConf;
}

function faultsOfVars(vars: unknown, side: string): readonly Fault[] {
  if (!Array.isArray(vars) || vars.length === 0) {
    return [
      {
        path: [side],
        message: `must be a list of one variable or more, not ${Array.isArray(vars) ? "none" : quoteValue(vars)}`,
      },
    ];
  }
  return vars.flatMap((variable: unknown, i) => faultsOfVar(variable, [side, i]));
}

function faultsOfVar(variable: unknown, path: Path): readonly Fault[] {
  if (!isObject(variable)) return [{ path, message: `must be an object, not ${quoteValue(variable)}` }];
  const checks: readonly (readonly [field: keyof ModelVarJson, isGood: boolean, wanted: string])[] = [
    ["name", typeof variable.name === "string", "a string"],
    ["aliasName", typeof variable.aliasName === "string", "a string"],
    ["dtype", isDType(variable.dtype), `one of ${Object.keys(dtypeTable).join(", ")}`],
    ["shape", isShape(variable.shape), "a list of whole numbers from -1 on"],
    ["isLodTensor", typeof variable.isLodTensor === "boolean", "true or false"],
  ];
  return checks
    .filter(([, isGood]) => !isGood)
    .map(([field, , wanted]) => ({
      path: [...path, field],
      message: `must be ${wanted}, not ${quoteValue(variable[field])}`,
    }));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDType(value: unknown): boolean {
  return typeof value === "string" && Object.hasOwn(dtypeTable, value);
}

function isShape(value: unknown): boolean {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= -1);
}

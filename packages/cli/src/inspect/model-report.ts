import type { ModelConf, ModelVarConf, SessionConf } from "@paddlewheel/core";
import type { ModelInspection } from "@paddlewheel/inference";
import type { ValueSummary } from "@paddlewheel/onnx";

/** An input or output of a model. */
export interface ValueReport {
  readonly name: string;
  /** Name for clients: of the conf beside the model, else the model's own. */
  readonly alias: string;
  readonly dtype: string;
  /** The batch axis included; null when the model leaves even the rank open. */
  readonly shape: readonly (number | string)[] | null;
}

/** How the engines that run a model open it, by engine. */
export type SessionReport = Readonly<Record<string, SessionConf>>;

/** What the engines that run a model found out when they loaded it, by engine. */
export type RunReport = Readonly<Record<string, MeasuredRun>>;

export interface MeasuredRun {
  /** Of a warmed-up run of one row; undefined when the model could not be run on made-up inputs. */
  readonly runMicros: number | undefined;
  readonly placement: "inline" | "pool" | "process";
  readonly placementReason: string;
  /** Rows that one run may be merged from; 1 when requests are not merged. */
  readonly batchRows: number;
  readonly batchReason: string;
}

/** What `inspect` tells, as its JSON has it. */
export interface ModelReport {
  readonly file: string;
  /** Size on disk, weights in other files included. */
  readonly bytes: number;
  readonly producer: { readonly name: string; readonly version: string };
  readonly irVersion: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly ValueReport[];
  readonly outputs: readonly ValueReport[];
  readonly parameterCount: number;
  readonly parameterBytes: number;
  /** Operators by how often they occur, most frequent first. */
  readonly ops: Readonly<Record<string, number>>;
  /** Files that hold weights, relative to the model's folder. */
  readonly externalFiles: readonly string[];
  /** Of the conf that was named; without one, what holds where conf says nothing. */
  readonly sessions: SessionReport;
  /** With `--run`. */
  readonly runs?: RunReport | undefined;
}

export interface ReportParts {
  readonly model: ModelInspection;
  /** Of the conf beside the model, if there is one. */
  readonly conf: ModelConf | undefined;
  readonly sessions: SessionReport;
  readonly runs: RunReport | undefined;
}

export function toReport({ model, conf, sessions, runs }: ReportParts): ModelReport {
  const ops = [...model.opCounts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return {
    file: model.file,
    bytes: model.bytes,
    producer: model.producer,
    irVersion: model.irVersion,
    opsets: Object.fromEntries(model.opsets),
    inputs: model.inputs.map((value) => toValue(value, conf?.feedVars)),
    outputs: model.outputs.map((value) => toValue(value, conf?.fetchVars)),
    parameterCount: model.parameterCount,
    parameterBytes: model.parameterBytes,
    ops: Object.fromEntries(ops),
    externalFiles: [...new Set(model.externalData.map(({ location }) => location))],
    sessions,
    runs,
  };
}

function toValue({ name, dtype, shape }: ValueSummary, vars: readonly ModelVarConf[] = []): ValueReport {
  const alias = vars.find((variable) => variable.name === name)?.aliasName ?? name;
  return { name, alias, dtype, shape: shape ?? null };
}

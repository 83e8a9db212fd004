import { resolve } from "node:path";
import { type FieldPath, formatFieldPath } from "@paddlewheel/core";
import { type Diagnostic, Findings, formatDiagnostic, type Place } from "../diagnostic.js";
import { type ConfContext, readFileOf } from "../files/conf-context.js";
import { type ConfFiles, diskFiles } from "../files/conf-files.js";
import { findConfFile } from "../files/find-conf-file.js";
import { checkMessage } from "../schema/check-message.js";
import { sdkConfType } from "../schema/messages.js";
import type { Section } from "../schema/section.js";
import { parseText } from "../text/parse-text.js";
import type { PredictorsConf } from "./predictors-conf.js";
import { resolvePredictors } from "./resolve-predictors.js";
import type { SdkConf } from "./sdk-conf.js";

/** Reads the texts whose form only the client knows; each throws ServeError invalidConf for what is none. */
export interface PredictorTexts {
  cluster(text: string): unknown;
  loadBalanceStrategy(text: string): unknown;
  clusterFilterStrategy(text: string): unknown;
}

export interface PredictorsConfOptions {
  /** The file, a folder with a predictors file, or the conf itself. */
  readonly source: string | SdkConf;
  readonly texts: PredictorTexts;
  /** What relative paths start from, the process's own by default. */
  readonly cwd?: string;
  /** Where files are read from, this machine's disk by default. */
  readonly files?: ConfFiles;
}

export interface PredictorsReport {
  /** Undefined when there are faults. */
  readonly conf: PredictorsConf | undefined;
  readonly faults: readonly Diagnostic[];
  /** What is read but will not mean what its author may think. */
  readonly warnings: readonly Diagnostic[];
  /** Place of a path like `["predictors", 0, "proto_file"]`, for faults that show only later. */
  readonly placeOf: (path: FieldPath) => Place;
}

/** Reads predictors.prototxt, its twin in YAML or an object, and reports everything that is wrong with it. */
export function checkPredictorsConf(options: PredictorsConfOptions): PredictorsReport {
  const { source, texts, files = diskFiles } = options;
  const cwd = resolve(options.cwd ?? process.cwd());
  const findings = new Findings();
  const path = typeof source === "string" ? resolve(cwd, source) : cwd;
  const isFolder = files.isDirectory(path);
  const dir = isFolder ? path : resolve(path, "..");
  const context: ConfContext = { cwd, dir, files, findings };
  const file =
    typeof source === "string"
      ? readFileOf(context, isFolder ? predictorsFile(context) : path, sdkConfType("SDKConf"))
      : readObject(source, findings);
  const conf = file && resolvePredictors(file, { context, texts });
  // An object has no lines.
  const shown = <P extends Place>(place: P): P =>
    typeof source === "string" ? place : { ...place, line: 0 };
  return {
    conf: findings.hasFaults ? undefined : conf,
    faults: eachOnce(findings.faults.map(shown)),
    warnings: findings.warnings.map(shown),
    placeOf: (fieldPath) =>
      shown(file?.placeOfPath(fieldPath) ?? { file: path, line: 0, field: formatFieldPath(fieldPath) }),
  };
}

/** What is wrong in `default_variant_conf` is met again with each variant that inherits it. */
function eachOnce(faults: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(faults.map((fault) => [formatDiagnostic(fault), fault])).values()];
}

function predictorsFile(context: ConfContext): string {
  return findConfFile(context, context.dir, "predictors") ?? resolve(context.dir, "predictors.prototxt");
}

/** JSON is YAML, so an object is held against the schema as a file is. */
function readObject(object: SdkConf, findings: Findings): Section {
  const place = { file: "the object", line: 0, field: "" };
  const { tree, faults } = parseText("object.yaml", JSON.stringify(object));
  for (const { message } of faults) findings.fault(place, message);
  return checkMessage({ type: sdkConfType("SDKConf"), tree, place, findings });
}

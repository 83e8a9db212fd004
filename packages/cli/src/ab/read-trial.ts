import {
  checkPredictors,
  compareMessages,
  compareResponses,
  type GeneralResponse,
} from "@paddlewheel/client";
import { formatDiagnostic, type PredictorConf } from "@paddlewheel/conf";
import { Code, nameHint, ServeError } from "@paddlewheel/core";
import { readRequest } from "../call/read-request.js";
import { findMethod } from "../call/service-message.js";
import { textOrFile } from "../call/text-or-file.js";
import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";

/** What to call, and how to look at what comes back. */
export interface Trial {
  readonly file: string;
  readonly conf: PredictorConf;
  readonly method: string;
  readonly request: object;
  readonly split: string | undefined;
  readonly callCount: number;
  readonly concurrency: number;
  readonly tolerance: number;
  readonly compare: typeof compareMessages;
}

/**
 * Reads the flags of `ab report`, and the conf they name.
 * @throws UsageError for flags that are wrong; ServeError for conf and messages that are.
 */
export function readTrial(values: FlagValues): Trial {
  const file = values.text("predictors") ?? "predictors.prototxt";
  const conf = findPredictor(file, values.text("endpoint"));
  return {
    file,
    conf,
    ...readMessage(conf, values),
    split: values.text("split"),
    callCount: values.int("calls") ?? 1000,
    concurrency: values.int("concurrency") ?? 8,
    tolerance: readTolerance(values.text("tolerance") ?? "0.0001"),
  };
}

function findPredictor(file: string, wanted: string | undefined): PredictorConf {
  const { conf, faults } = checkPredictors(file);
  if (!conf) throw new ServeError(Code.invalidConf, faults.map(formatDiagnostic).join("\n"));
  const names = conf.predictors.map(({ name }) => name);
  const [first, ...others] = conf.predictors.filter(({ name }) => wanted === undefined || name === wanted);
  if (!first) throw new UsageError(`--endpoint: there is no "${wanted}"${nameHint(wanted ?? "", names)}`);
  if (others.length > 0) throw new UsageError(`--endpoint: name one of ${names.join(", ")}`);
  if (first.stickyKey === undefined) return first;
  // A trial sends one request.
  throw new UsageError(
    `--endpoint ${first.name}: has a sticky_key, so that a request always goes to the same variant; take it out for the trial`,
  );
}

function readMessage(
  { service, protoFile }: PredictorConf,
  values: FlagValues,
): Pick<Trial, "method" | "request" | "compare"> {
  const json = values.text("request");
  if (protoFile === undefined) {
    for (const name of ["request", "method"]) {
      if (values.has(name)) throw new UsageError(`--${name}: the endpoint has no proto_file; give --feed`);
    }
    return { method: "inference", request: readRequest(values), compare: compareGeneral };
  }
  if (values.has("feed"))
    throw new UsageError("--feed: is for models; the endpoint has a proto_file, give --request");
  if (json === undefined) throw new UsageError("--request: name the message, as JSON or @FILE");
  const { method } = findMethod({ file: protoFile, service }, values.text("method"));
  return {
    method: method.name,
    request: method.request.decodeJson(textOrFile(json)),
    compare: compareMessages,
  };
}

// Safe: the service has no other responses.
const compareGeneral: Trial["compare"] = (expected, actual, tolerance) =>
  compareResponses(expected as GeneralResponse, actual as GeneralResponse, tolerance);

function readTolerance(text: string): number {
  const tolerance = text.trim() === "" ? Number.NaN : Number(text);
  if (tolerance >= 0 && tolerance <= 1) return tolerance;
  throw new UsageError(`--tolerance must be a number from 0 to 1, not ${JSON.stringify(text)}`);
}

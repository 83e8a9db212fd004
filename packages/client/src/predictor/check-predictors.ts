import {
  checkPredictorsConf,
  type Diagnostic,
  formatDiagnostic,
  type PredictorsConf,
  type PredictorsReport,
  type SdkConf,
} from "@paddlewheel/conf";
import { Code, ServeError } from "@paddlewheel/core";
import { parseLoadBalancer } from "../balance/parse-load-balancer.js";
import { parseNaming } from "../cluster/naming/parse-naming.js";
import { defaultServerListLimits } from "../cluster/naming/parse-servers.js";
import { parseFilterStrategy } from "../cluster/tags.js";
import { loadServiceCodecs, type ServiceCodecs } from "./service-codecs.js";

const texts = {
  cluster: (text: string) => parseNaming(text, defaultServerListLimits),
  loadBalanceStrategy: parseLoadBalancer,
  clusterFilterStrategy: parseFilterStrategy,
};

/** A right conf, with what its .proto files declare, by predictor. */
export interface LoadedPredictors {
  readonly conf: PredictorsConf;
  readonly services: readonly ServiceCodecs[];
}

/**
 * Reads a conf of predictors and the .proto files it names, and reports everything that is wrong. Calls nobody.
 * @param source a file, a folder with a predictors file, or the conf as an object
 */
export function checkPredictors(source: string | SdkConf): PredictorsReport {
  return readPredictors(source).report;
}

/** @throws ServeError invalidConf with one line for each fault. */
export function loadPredictors(source: string | SdkConf): LoadedPredictors {
  const { report, services } = readPredictors(source);
  if (report.conf) return { conf: report.conf, services };
  throw new ServeError(Code.invalidConf, report.faults.map(formatDiagnostic).join("\n"));
}

interface ReadPredictors {
  readonly report: PredictorsReport;
  readonly services: readonly ServiceCodecs[];
}

function readPredictors(source: string | SdkConf): ReadPredictors {
  const report = checkPredictorsConf({ source, texts });
  if (!report.conf) return { report, services: [] };
  const faults: Diagnostic[] = [];
  const services = report.conf.predictors.flatMap((predictor, index) => {
    const attempt = <T>(field: string, load: () => T): T | undefined => {
      try {
        return load();
      } catch (error) {
        const { message } = ServeError.from(error);
        faults.push({ ...report.placeOf(["predictors", index, field]), message });
        return undefined;
      }
    };
    const { protoFile, stickyKey } = predictor;
    const serviceField = protoFile === undefined ? "service_name" : "proto_file";
    const codecs = attempt(serviceField, () => loadServiceCodecs(predictor));
    if (stickyKey !== undefined) attempt("sticky_key", () => codecs?.keyReader(stickyKey));
    return codecs ? [codecs] : [];
  });
  return { report: faults.length > 0 ? { ...report, conf: undefined, faults } : report, services };
}

import type { Findings, Place } from "../diagnostic.js";
import type { ServeOptions } from "./serve-options.js";

/** A node of the chain `serve` makes. */
export interface ServeNode {
  readonly name: string;
  readonly type: string;
  readonly address: readonly string[];
  /** Folder of the model it runs; undefined for none. */
  readonly model: string | undefined;
}

const readerOp = "GeneralReaderOp";
const inferOp = "GeneralInferOp";
const detectionOp = "GeneralDetectionOp";
const responseOp = "GeneralResponseOp";
const remoteOp = "GeneralRemoteOp";

interface Step {
  readonly type: string;
  readonly takesModel: boolean;
}

/** Where the findings about a flag point. */
export function flagPlace(flag: string): Place {
  return { file: "serve", line: 0, field: flag };
}

/** The chain of nodes for some flags: reader, the Ops that run models, response. Models go to the nodes in order. */
export function planServeDag(options: ServeOptions, findings: Findings): readonly ServeNode[] {
  const { distWorkerServingEndpoints: workers } = options;
  if (workers) return [{ name: `${remoteOp}_0`, type: remoteOp, address: workers, model: undefined }];
  const steps = [plain(readerOp), ...inferSteps(options, findings), plain(responseOp)];
  checkModelCount(steps, options, findings);
  const models = [...options.models];
  const counts = new Map<string, number>();
  return steps.map(({ type, takesModel }) => {
    const count = counts.get(type) ?? 0;
    counts.set(type, count + 1);
    return { name: `${type}_${count}`, type, address: [], model: takesModel ? models.shift() : undefined };
  });
}

function inferSteps({ models, ops = [] }: ServeOptions, findings: Findings): readonly Step[] {
  if (ops.length > 0) return ops.map((op) => parseOp(op, findings));
  // Compat: the pair of text detection and recognition models is known by the name of the first.
  const isOcr = models.length === 2 && models[0] === "ocr_det_model";
  return models.map((_, i) => ({ type: isOcr && i === 0 ? detectionOp : inferOp, takesModel: true }));
}

function parseOp(op: string, findings: Findings): Step {
  const [type = "", rest] = op.split(":", 2);
  if (type === "" || (rest !== undefined && rest !== "0")) {
    const message = `must be the type of an Op, or Type:0 for one without a model, not "${op}"`;
    findings.fault(flagPlace("--op"), message);
  }
  return { type, takesModel: rest !== "0" };
}

function plain(type: string): Step {
  return { type, takesModel: false };
}

function checkModelCount(steps: readonly Step[], { models }: ServeOptions, findings: Findings): void {
  const wanted = steps.filter(({ takesModel }) => takesModel).length;
  if (models.length === 0) {
    findings.fault(flagPlace("--model"), "is missing: name the folder of a model");
  } else if (wanted !== models.length) {
    findings.fault(
      flagPlace("--model"),
      `has ${models.length} folders, but ${wanted} Ops of --op run a model`,
    );
  }
}

/** A conf set with faults, as its author might have written it, and what `paddlewheel check` says of it. */
export interface ConfFault {
  readonly what: string;
  /** By name; the files of `rightFiles` that are not given stand beside them. */
  readonly files: Readonly<Record<string, string>>;
  /** All that is printed; `DIR` stands for the folder of the files. */
  readonly lines: readonly string[];
}

/** A conf set without a fault, whose one workflow needs no model. */
export const rightFiles: Readonly<Record<string, string>> = {
  "infer_service.prototxt": `services { name: "GeneralModelService" workflows: "rank" }\n`,
  "workflow.prototxt": workflow("rank", `  nodes { name: "read" type: "GeneralReaderOp" }`),
};

/** A workflow; its first node stands on its fourth line. */
export function workflow(name: string, nodes: string): string {
  return `workflows {\n  name: "${name}"\n  workflow_type: "Parallel"\n${nodes.replace(/^\n/, "")}\n}\n`;
}

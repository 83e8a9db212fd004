import { dirname, resolve } from "node:path";
import { type ConfReport, checkServerConf } from "../check-server-conf.js";
import { formatDiagnostic } from "../diagnostic.js";
import type { ConfFiles } from "../files/conf-files.js";
import type { KnownNames } from "../known-names.js";

/** Working directory of the tests; nothing is there on disk. */
export const testCwd = "/srv/app";

/** A program with the general Ops, some of the demo's, and two services. */
export const testKnown: KnownNames = {
  opTypes: new Map([
    ["GeneralReaderOp", { needsEngine: false }],
    ["GeneralInferOp", { needsEngine: true }],
    ["GeneralResponseOp", { needsEngine: false }],
    ["GeneralRemoteOp", { needsEngine: false }],
    ["EchoOp", { needsEngine: false }],
  ]),
  mergers: new Set(["default", "AverageMerger"]),
  services: new Set(["GeneralModelService", "EchoService"]),
  engineTypes: new Set(["PADDLE_INFER", "ONNX"]),
};

/** Files in memory, by path relative to `testCwd`; a path with a final `/` is an empty folder. */
export function memoryFiles(texts: Readonly<Record<string, string>>): ConfFiles {
  const files = new Map<string, string>();
  const folders = new Set<string>();
  for (const [path, text] of Object.entries(texts)) {
    const absolute = resolve(testCwd, path);
    if (path.endsWith("/")) folders.add(absolute);
    else files.set(absolute, text);
    for (let folder = dirname(absolute); folder !== "/"; folder = dirname(folder)) folders.add(folder);
  }
  return {
    read: (path) => files.get(path),
    exists: (path) => files.has(path) || folders.has(path),
    isDirectory: (path) => folders.has(path),
  };
}

/** Checks a conf set in memory, whose main files lie in `conf/`. */
export function checkTexts(
  texts: Readonly<Record<string, string>>,
  known: KnownNames = testKnown,
): ConfReport {
  return checkServerConf({ dir: "conf", cwd: testCwd, known, files: memoryFiles(texts) });
}

export function faultLines(texts: Readonly<Record<string, string>>): readonly string[] {
  return checkTexts(texts).faults.map(formatDiagnostic);
}

export function warningLines(texts: Readonly<Record<string, string>>): readonly string[] {
  return checkTexts(texts).warnings.map(formatDiagnostic);
}

/** A conf set without a fault; tests replace one file of it. */
export const goodTexts: Readonly<Record<string, string>> = {
  "conf/infer_service.prototxt": `port: 8010
services {
  name: "GeneralModelService"
  workflows: "w1"
}
`,
  "conf/workflow.prototxt": `workflows {
  name: "w1"
  workflow_type: "Sequence"
  nodes {
    name: "reader"
    type: "GeneralReaderOp"
  }
  nodes {
    name: "infer"
    type: "GeneralInferOp"
    dependencies { name: "reader" mode: "RO" }
  }
  nodes {
    name: "response"
    type: "GeneralResponseOp"
    dependencies { name: "infer" mode: "RO" }
  }
}
`,
  "conf/resource.prototxt": `model_toolkit_path: "./conf"
model_toolkit_file: "model_toolkit.prototxt"
general_model_path: "./conf"
general_model_file: "general_model.prototxt"
`,
  "conf/model_toolkit.prototxt": `engines {
  name: "infer"
  type: "PADDLE_INFER"
  reloadable_meta: "./models/uci/fluid_time_file"
  reloadable_type: "timestamp_ne"
  model_dir: "./models/uci"
}
`,
  "conf/general_model.prototxt": `feed_var {
  name: "x"
  alias_name: "x"
  is_lod_tensor: false
  feed_type: 1
  shape: 13
}
fetch_var {
  name: "fc_0.tmp_1"
  alias_name: "price"
  is_lod_tensor: false
  fetch_type: 1
  shape: 1
}
`,
  "models/uci/": "",
};

import { join } from "node:path";
import type { Findings, Place } from "../diagnostic.js";
import type { Section } from "../schema/section.js";
import { warnOfUnusedFields } from "./unused-fields.js";

/** A file that resource.prototxt names. */
export interface FileReference {
  /** As written, path and file put together. */
  readonly path: string;
  readonly place: Place;
}

/** One model_toolkit file with the general_model file of its engines. */
export interface ToolkitReference {
  readonly toolkit: FileReference;
  readonly generalModel: FileReference | undefined;
}

/** Resolves resource.prototxt: the parallel lists become pairs. */
export function resolveResource(file: Section, findings: Findings): readonly ToolkitReference[] {
  warnOfUnusedFields(file, findings);
  warnOfCubeFile(file, findings);
  const toolkits = references(file, toolkitName(file, findings), findings);
  const generalModels = references(file, "general_model", findings);
  for (const { place } of generalModels.slice(toolkits.length)) {
    findings.fault(place, "belongs to no model_toolkit_file: the lists go together one by one");
  }
  return toolkits.map((toolkit, i) => ({ toolkit, generalModel: generalModels[i] }));
}

/** Compat: the documents of Paddle Serving still speak of model_manager_path and model_manager_file. */
function toolkitName(file: Section, findings: Findings): "model_toolkit" | "model_manager" {
  for (const part of ["path", "file"]) {
    const old = `model_manager_${part}`;
    if (!file.mentions(old)) continue;
    findings.warn(file.placeOf(old), `is an older name: write model_toolkit_${part}`);
  }
  return file.mentions("model_manager_file") && !file.mentions("model_toolkit_file")
    ? "model_manager"
    : "model_toolkit";
}

/** `path + "/" + file` of each pair; without any path the files are taken as they are. */
function references(file: Section, name: string, findings: Findings): readonly FileReference[] {
  const paths = file.strings(`${name}_path`);
  const files = file.strings(`${name}_file`);
  if (paths.length > 0 && paths.length !== files.length && file.isWhole) {
    const message = `has ${paths.length} entries, ${name}_file has ${files.length}: they go together one by one`;
    findings.fault(file.placeOf(`${name}_path`), message);
  }
  return files.map(({ value, place }, i) => ({ path: join(paths[i]?.value ?? "", value), place }));
}

/** Compat: cube needs both fields, yet files of Paddle Serving's own examples give the file alone. */
function warnOfCubeFile(file: Section, findings: Findings): void {
  const cubeFile = file.string("cube_config_file");
  if (!cubeFile || file.mentions("cube_config_path")) return;
  findings.warn(
    file.placeOf("cube_config_file"),
    "stands without cube_config_path: write the folder there and only the name here",
  );
}

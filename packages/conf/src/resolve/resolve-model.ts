import { dtypeOfElemType, type ModelConf, type ModelVarConf, tensorLimits } from "@paddlewheel/core";
import type { Findings } from "../diagnostic.js";
import type { Section } from "../schema/section.js";

const namelessFields = ["is_lod_feed", "feed_type", "feed_shape"] as const;

/**
 * Resolves a general_model or serving_*_conf file. Undefined when it names no variable: the model then speaks for
 * itself.
 */
export function resolveModel(file: Section, findings: Findings): ModelConf | undefined {
  const nameless = namelessFields.find((field) => file.mentions(field));
  if (nameless) {
    const message =
      "the older form has no names, so the model's own are used: write feed_var and fetch_var with name, type and shape";
    findings.warn(file.placeOf(nameless), message);
  }
  const feedVars = resolveVars(file, "feed", findings);
  const fetchVars = resolveVars(file, "fetch", findings);
  return feedVars.length + fetchVars.length > 0 ? { feedVars, fetchVars } : undefined;
}

function resolveVars(file: Section, kind: "feed" | "fetch", findings: Findings): readonly ModelVarConf[] {
  const aliases = new Set<string>();
  return file.sections(`${kind}_var`).map((section) => {
    const name = section.string("name") ?? "";
    if (section.isWhole && !section.mentions("name")) {
      findings.fault(section.placeOf("name"), `is missing, ${section.type.name} needs it`);
    }
    const aliasName = section.string("alias_name") ?? name;
    if (aliasName !== "" && aliases.has(aliasName)) {
      const place = section.placeOf(section.mentions("alias_name") ? "alias_name" : "name");
      findings.fault(place, `another ${kind}_var already has the alias name "${aliasName}"`);
    }
    aliases.add(aliasName);
    return {
      name,
      aliasName,
      dtype: dtypeOfElemType(section.number(`${kind}_type`) ?? 0) ?? "int64",
      shape: resolveShape(section, findings),
      isLodTensor: section.bool("is_lod_tensor") ?? false,
    };
  });
}

function resolveShape(section: Section, findings: Findings): readonly number[] {
  const shape = section.numbers("shape").map(({ value }) => value);
  const place = section.placeOf("shape");
  // The batch axis comes in front of these.
  const maxAxes = tensorLimits.maxRank - 1;
  if (shape.length > maxAxes) {
    findings.fault(place, `has ${shape.length} axes, at most ${maxAxes} beside the batch axis are allowed`);
  }
  const count = shape.filter((size) => size > 0).reduce((product, size) => product * size, 1);
  if (count > tensorLimits.maxElements) {
    findings.fault(place, `has ${count} elements, at most ${tensorLimits.maxElements} are allowed`);
  }
  return shape;
}

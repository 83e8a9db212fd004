import { type Findings, formatPlace, type Place } from "../diagnostic.js";
import type { ConfContext } from "../files/conf-context.js";
import { warnOfUnusedFields } from "../resolve/unused-fields.js";
import { LayeredSection } from "../schema/layered-section.js";
import type { Section } from "../schema/section.js";
import type { PredictorTexts } from "./check-predictors-conf.js";
import type { PredictorConf, PredictorsConf } from "./predictors-conf.js";
import { resolveCanary } from "./resolve-canary.js";
import { resolveFile } from "./resolve-file.js";
import { resolveShadow } from "./resolve-shadow.js";
import { resolveVariant } from "./resolve-variant.js";
import { resolveWeights } from "./resolve-weights.js";

export interface ResolvePredictorsOptions {
  readonly context: ConfContext;
  readonly texts: PredictorTexts;
}

export function resolvePredictors(file: Section, options: ResolvePredictorsOptions): PredictorsConf {
  const { findings } = options.context;
  const sections = file.sections("predictors");
  if (file.isWhole && !file.mentions("predictors")) {
    findings.fault(file.placeOf("predictors"), "is missing, name at least one");
  }
  const [base] = file.sections("default_variant_conf");
  if (base) warnOfUnusedFields(base, findings);
  const predictors = sections.map((section) => resolvePredictor(section, base, options));
  checkUnique("name", sections, findings);
  return { predictors };
}

function resolvePredictor(
  section: Section,
  base: Section | undefined,
  options: ResolvePredictorsOptions,
): PredictorConf {
  const { findings } = options.context;
  const fields = new LayeredSection(section.type, [section]);
  const variants = section.sections("variants");
  if (section.isWhole && !section.mentions("variants")) {
    findings.fault(section.placeOf("variants"), "is missing, name at least one");
  }
  checkUnique("tag", variants, findings);
  const weights = resolveWeights(section, findings);
  const resolved = variants.map((variant) => resolveVariant(variant, { base, ...options }));
  return {
    name: nameOf("name", section),
    service: fields.string("service_name") ?? "",
    protoFile: resolveFile(fields, "proto_file", options.context),
    variants: resolved,
    weights,
    maxInFlight: fields.number("max_in_flight"),
    stickyKey: fields.string("sticky_key"),
    shadow: resolveShadow(section, { variants: resolved, weights }, findings),
    canary: resolveCanary(section, { variants: resolved, weights }, findings),
  };
}

function nameOf(field: "name" | "tag", section: Section): string {
  return new LayeredSection(section.type, [section]).string(field) ?? "";
}

function checkUnique(field: "name" | "tag", sections: readonly Section[], findings: Findings): void {
  const owners = new Map<string, Place>();
  for (const section of sections) {
    // One that is wrong is at fault already.
    if (section.mentions(field) && section.string(field) === undefined) continue;
    const name = nameOf(field, section);
    const place = section.placeOf(field);
    const owner = owners.get(name);
    if (!owner) owners.set(name, place);
    else if (name !== "") {
      findings.fault(place, `"${name}" is already taken at ${formatPlace(owner)}: choose another`);
    }
  }
}

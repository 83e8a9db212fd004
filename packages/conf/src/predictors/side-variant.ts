import { nameHint } from "@paddlewheel/core";
import type { Findings, Place } from "../diagnostic.js";
import type { Section } from "../schema/section.js";
import type { PredictorVariantConf } from "./predictors-conf.js";

/** The variants of a predictor with their weights. */
export interface RoutedVariants {
  readonly variants: readonly PredictorVariantConf[];
  /** One for each; none where they are wrong. */
  readonly weights: readonly number[];
}

/** A variant that calls go to beside those with weights, and where it is named. */
export interface SideVariant {
  readonly tag: string;
  readonly place: Place;
}

/** Fields whose variant needs no weight. */
const sideFields = ["shadow", "canary"];

/** Tags of the variants that `shadow` and `canary` name. */
export function sideTags(predictor: Section): ReadonlySet<string> {
  const tags = sideFields.flatMap((field) => predictor.sections(field)[0]?.string("variant") ?? []);
  return new Set(tags);
}

/** A side variant is there, beside another that has calls, and can take each call that the others can. */
export function checkStandsIn(
  { tag, place }: SideVariant,
  { variants, weights }: RoutedVariants,
  findings: Findings,
): void {
  const side = variants.find((variant) => variant.tag === tag);
  if (!side) {
    const tags = variants.map((variant) => variant.tag);
    findings.fault(place, `there is no variant "${tag}"${nameHint(tag, tags)}`);
    return;
  }
  const others = variants.filter((variant, i) => variant !== side && weights[i] !== 0);
  if (others.length === 0) {
    findings.fault(place, `no variant but "${tag}" itself has a weight above 0: name another`);
  }
  const other = others.find(({ split }) => !isSplitAlike(split, side.split));
  if (other)
    findings.fault(place, `"${tag}" is split otherwise than "${other.tag}": give both one split_conf`);
}

/** Whether each group of servers has one of the same name on the other side. */
function isSplitAlike(one: PredictorVariantConf["split"], other: PredictorVariantConf["split"]): boolean {
  const [names, others] = [one?.candidates ?? [], other?.candidates ?? []];
  return names.length === others.length && names.every((name) => others.includes(name));
}

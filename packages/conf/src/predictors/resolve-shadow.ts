import type { Findings } from "../diagnostic.js";
import { LayeredSection } from "../schema/layered-section.js";
import type { Section } from "../schema/section.js";
import type { ShadowConf } from "./predictors-conf.js";
import { checkStandsIn, type RoutedVariants } from "./side-variant.js";

export function resolveShadow(
  predictor: Section,
  routed: RoutedVariants,
  findings: Findings,
): ShadowConf | undefined {
  const [section] = predictor.sections("shadow");
  const variant = section?.string("variant");
  if (!section || variant === undefined) return undefined;
  const fields = new LayeredSection(section.type, [section]);
  checkStandsIn({ tag: variant, place: section.placeOf("variant") }, routed, findings);
  return {
    variant,
    share: fields.number("percent") / 100,
    maxInFlight: fields.number("max_in_flight"),
    maxBytes: fields.number("max_bytes"),
    tolerance: fields.number("tolerance"),
    maxExamples: fields.number("max_examples"),
  };
}

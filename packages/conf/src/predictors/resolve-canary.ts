import type { Findings } from "../diagnostic.js";
import { LayeredSection } from "../schema/layered-section.js";
import type { Section } from "../schema/section.js";
import type { CanaryConf } from "./predictors-conf.js";
import { checkStandsIn, type RoutedVariants } from "./side-variant.js";

export function resolveCanary(
  predictor: Section,
  routed: RoutedVariants,
  findings: Findings,
): CanaryConf | undefined {
  const [section] = predictor.sections("canary");
  const variant = section?.string("variant");
  if (!section || variant === undefined) return undefined;
  const place = section.placeOf("variant");
  checkStandsIn({ tag: variant, place }, routed, findings);
  if (weightOf(variant, routed) > 0) {
    findings.fault(
      place,
      `"${variant}" has a weight above 0, but percent gives its share: make the weight 0`,
    );
  }
  const fields = new LayeredSection(section.type, [section]);
  return {
    variant,
    share: fields.number("percent") / 100,
    windowMs: fields.number("window_ms"),
    minCalls: fields.number("min_calls"),
    maxErrorShare: fields.number("max_error_percent") / 100,
    coolDownMs: fields.number("cool_down_ms"),
    slowMs: fields.number("slow_ms"),
  };
}

function weightOf(tag: string, { variants, weights }: RoutedVariants): number {
  return weights[variants.findIndex((variant) => variant.tag === tag)] ?? 0;
}

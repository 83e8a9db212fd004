import type { Findings } from "../diagnostic.js";
import type { Section } from "../schema/section.js";
import { sideTags } from "./side-variant.js";

/** Sums up to which every weight has its exact share of the numbers Math.random gives. */
const maxSum = 2 ** 31 - 1;

/** The weights of a predictor's variants; one that is alone but for those of `shadow` and `canary` needs none. */
export function resolveWeights(predictor: Section, findings: Findings): readonly number[] {
  const count = predictor.entries("variants").length;
  const [render] = predictor.sections("weighted_random_render_conf");
  if (!render) return weightsOfOne(predictor, findings);
  const text = render.string("variant_weight_list") ?? "50";
  const weights = text.split("|").map((weight) => parseWeight(weight.trim()));
  const fault = whyNot(text, weights, count);
  if (fault !== undefined) findings.fault(render.placeOf("variant_weight_list"), fault);
  return weights;
}

function weightsOfOne(predictor: Section, findings: Findings): readonly number[] {
  const variants = predictor.sections("variants");
  if (variants.length <= 1) return [1];
  const side = sideTags(predictor);
  const weights = variants.map((variant) => (side.has(variant.string("tag") ?? "") ? 0 : 1));
  if (weights.filter((weight) => weight > 0).length === 1) return weights;
  const message = `is missing, ${variants.length} variants need weights: write variant_weight_list`;
  findings.fault(predictor.placeOf("weighted_random_render_conf"), message);
  return [];
}

function whyNot(text: string, weights: readonly number[], count: number): string | undefined {
  if (weights.some(Number.isNaN)) {
    return `must be whole numbers separated by "|", as "10|90", not ${JSON.stringify(text)}`;
  }
  if (weights.length !== count) {
    return `has ${weights.length} weights for ${count} variants: give one for each`;
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return "must have a sum above 0, or no variant would be called";
  return sum > maxSum ? `must have a sum of at most ${maxSum}, not ${sum}` : undefined;
}

function parseWeight(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
}

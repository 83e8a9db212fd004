import type { FlagTable } from "./flag.js";
import type { FlagValue, FlagValues } from "./flag-values.js";

/** One line for each given flag that has no effect here, with the reason. */
export function ignoredFlagNotes(table: FlagTable, values: FlagValues): string[] {
  return [...values.entries()].flatMap(([name, value]) => {
    const flag = table[name];
    if (!flag?.ignored || saysNothing(flag.silentFor ?? [], value)) return [];
    return [`--${name} has no effect: ${flag.ignored}`];
  });
}

function saysNothing(silentFor: readonly string[], value: FlagValue): boolean {
  return value === false || [value].flat().every((one) => silentFor.includes(String(one)));
}

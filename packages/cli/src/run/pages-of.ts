import type { PageSet, PagesOptions, ServerFlag } from "@paddlewheel/server";
import type { Flag, FlagTable } from "../flags/flag.js";
import type { FlagValue, FlagValues } from "../flags/flag-values.js";
import { given } from "../flags/given.js";
import { packageVersion } from "../package-version.js";

/** The pages that flags ask for; one of them shows all flags of the table that have an effect. */
export function pagesOf(values: FlagValues, table: FlagTable): PagesOptions {
  return {
    version: `paddlewheel ${packageVersion()}`,
    flags: shownFlags(values, table),
    reloadableFlags: values.bool("reloadable_flags"),
    ...given({
      // One of the flag's choices.
      pages: values.text("pages") as PageSet | undefined,
      internalPort: values.int("internal_port"),
      internalHost: values.text("internal_host"),
    }),
  };
}

function shownFlags(values: FlagValues, table: FlagTable): readonly ServerFlag[] {
  const givenValues = new Map(values.entries());
  return Object.entries(table)
    .filter(([, { ignored }]) => ignored === undefined)
    .map(([name, flag]) => shownFlag(name, flag, givenValues.get(name)));
}

function shownFlag(name: string, flag: Flag, value: FlagValue | undefined): ServerFlag {
  const text = value === undefined ? (flag.default ?? defaultOf(flag)) : textOf(value);
  const isSecret = flag.isSecret === true && value !== undefined;
  return { name, description: flag.help, isSecret, value: () => text };
}

function defaultOf({ kind }: Flag): string {
  return kind === "bool" ? "off" : "none";
}

function textOf(value: FlagValue): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return [value].flat().join(" ");
}

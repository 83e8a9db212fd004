/** What a flag takes: nothing, one value, or values up to the next flag. */
export type FlagKind = "bool" | "text" | "int" | "texts" | "ints";

/** One flag of a command; its name is its key in the table, written with underscores as Paddle Serving does. */
export interface Flag {
  readonly kind: FlagKind;
  /** One letter that does as well behind one dash. */
  readonly short?: string;
  /** What stands for the value in help: `DIR`, `MS`. */
  readonly value?: string;
  /** What holds when the flag is not given, with its unit, for help and docs; the code behind the flag applies it. */
  readonly default?: string;
  readonly help: string;
  /** The only values of a text flag. */
  readonly choices?: readonly string[];
  /** Smallest value of a number. */
  readonly min?: number;
  readonly max?: number;
  /** Its value is not shown on any page: it may hold a secret, or tell where one is. */
  readonly isSecret?: boolean;
  /** Set for a flag that is accepted without effect: why it has none here. */
  readonly ignored?: string;
  /** Values that ask for what is the case anyway, so that nothing need be said. */
  readonly silentFor?: readonly string[];
}

export type FlagTable = Readonly<Record<string, Flag>>;

/** Flags under a heading of the help page. */
export interface FlagGroup {
  readonly title: string;
  readonly flags: FlagTable;
}

/** All flags of some groups in one table. */
export function tableOf(groups: readonly FlagGroup[]): FlagTable {
  return Object.assign({}, ...groups.map(({ flags }) => flags));
}

/** A flag that is read and has no effect; `silentFor` are the values that ask for what is the case anyway. */
export function ignoredFlag(kind: FlagKind, reason: string, ...silentFor: readonly string[]): Flag {
  return { kind, help: "", ignored: reason, silentFor };
}

/** `--model DIR...` */
export function flagUsage(name: string, { kind, value = "VALUE" }: Flag): string {
  if (kind === "bool") return `--${name}`;
  const isList = kind === "texts" || kind === "ints";
  return `--${name} ${value}${isList ? "..." : ""}`;
}

import type { FlagKind, FlagTable } from "./flag.js";

/** One value of a flag, or all of a list flag. */
export type FlagValue = boolean | string | number | readonly string[] | readonly number[];

/** The flags that were given, by the table they were read by. */
export class FlagValues {
  readonly #table: FlagTable;
  readonly #values: ReadonlyMap<string, FlagValue>;

  constructor(table: FlagTable, values: ReadonlyMap<string, FlagValue>) {
    this.#table = table;
    this.#values = values;
  }

  /** False unless given. */
  bool(name: string): boolean {
    return this.#get<boolean>(name, "bool") ?? false;
  }

  text(name: string): string | undefined {
    return this.#get(name, "text");
  }

  int(name: string): number | undefined {
    return this.#get(name, "int");
  }

  texts(name: string): readonly string[] | undefined {
    return this.#get(name, "texts");
  }

  ints(name: string): readonly number[] | undefined {
    return this.#get(name, "ints");
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  entries(): Iterable<[string, FlagValue]> {
    return this.#values.entries();
  }

  /** These values, and those of `others` for flags that are not among them. */
  over(others: FlagValues): FlagValues {
    return new FlagValues(this.#table, new Map([...others.entries(), ...this.entries()]));
  }

  #get<T extends FlagValue>(name: string, kind: FlagKind): T | undefined {
    const flag = this.#table[name];
    if (flag?.kind !== kind)
      throw new TypeError(`--${name} is ${flag?.kind ?? "no flag of this command"}, not ${kind}`);
    return this.#values.get(name) as T | undefined;
  }
}

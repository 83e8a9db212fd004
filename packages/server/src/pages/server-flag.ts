/** A setting of the server, as the page of flags shows it. */
export interface ServerFlag {
  readonly name: string;
  readonly description: string;
  /** Its value shows as `***`. */
  readonly isSecret?: boolean;
  /** The value that holds now. */
  value(): string;
  /**
   * Changes it while the server runs; only for a setting that can be changed safely.
   * @throws ServeError invalidArgument for a text that is no value of it.
   */
  set?(text: string): void;
}

/** In the order of names; of several with one name the one that can be changed counts, else the first. */
export function mergeFlags(...lists: readonly (readonly ServerFlag[])[]): readonly ServerFlag[] {
  const byName = new Map<string, ServerFlag>();
  for (const flag of lists.flat()) {
    const other = byName.get(flag.name);
    if (!other || (flag.set && !other.set)) byName.set(flag.name, flag);
  }
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Its value, for those who look. */
export function shownValue(flag: ServerFlag): string {
  return flag.isSecret ? "***" : flag.value();
}

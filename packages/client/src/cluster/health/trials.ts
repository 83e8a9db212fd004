/**
 * Servers that came back and have not answered since. Each has one call at a time: a server can be connected to before it
 * takes calls, and one that was ejected may be as bad as before.
 */
export class Trials {
  readonly #addresses = new Set<string>();
  /** Those that have their call. */
  readonly #busy = new Set<string>();

  get size(): number {
    return this.#addresses.size;
  }

  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  begin(address: string): void {
    this.#addresses.add(address);
  }

  end(address: string): void {
    this.#addresses.delete(address);
    this.#busy.delete(address);
  }

  onPick(address: string): void {
    if (this.#addresses.has(address)) this.#busy.add(address);
  }

  onLeaseEnd(address: string): void {
    this.#busy.delete(address);
  }

  /** Whom a call had better not go to: where it was tried already, and those that have their call. */
  avoided(tried: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
    return this.#busy.size === 0 ? tried : new Set([...(tried ?? []), ...this.#busy]);
  }
}

/** What may be a member of one `PlacedSet` at a time. */
export interface Placed {
  /** Where it is in its set; `noPlace` while it is in none. Kept by the set. */
  place: number;
}

export const noPlace = -1;

/** A set of what comes and goes with every call: its members know their place, so nothing is hashed. */
export class PlacedSet<T extends Placed> {
  readonly #members: T[] = [];

  add(member: T): void {
    if (member.place !== noPlace) return;
    member.place = this.#members.length;
    this.#members.push(member);
  }

  /** Tells whether it was a member. The last one moves into its place. */
  delete(member: T): boolean {
    const { place } = member;
    if (place === noPlace) return false;
    member.place = noPlace;
    const last = this.#members.pop();
    if (last && last !== member) {
      last.place = place;
      this.#members[place] = last;
    }
    return true;
  }

  /** Those there are now, in no order. */
  members(): readonly T[] {
    return [...this.#members];
  }
}

/** Something that stands in a lane; it stands in one at a time. */
export interface LaneMember {
  /** Where, counted from the first that ever came; kept by the lane. */
  place: number;
}

/** Free places at the front from which they are cleared away, once they are half of all. */
const minCleared = 64;

/**
 * Who waits, first come first; anybody may leave at any time, also while somebody looks along the lane. An array with
 * holes rather than a Set: the tables a Set leaves behind when it grows and shrinks refer to each other, and with them
 * requests that are long answered outlive collections of young memory.
 */
export class Lane<M extends LaneMember> implements Iterable<M> {
  readonly #members: (M | undefined)[] = [];
  /** Place of the first element of the array. */
  #base = 0;
  /** Holes at the front. */
  #gone = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Who came first of those that stand here. */
  get first(): M | undefined {
    return this.#members[this.#gone];
  }

  add(member: M): void {
    member.place = this.#base + this.#members.length;
    this.#members.push(member);
    this.#size++;
  }

  /** False when it does not stand here. */
  remove(member: M): boolean {
    const index = member.place - this.#base;
    if (this.#members[index] !== member) return false;
    this.#members[index] = undefined;
    this.#size--;
    this.#clearFront();
    return true;
  }

  /** Who stands next behind a place; the first of all when none is given. */
  after(place = -1): M | undefined {
    // By place, as indices move when somebody leaves.
    for (let i = Math.max(place + 1 - this.#base, this.#gone); i < this.#members.length; i++) {
      const member = this.#members[i];
      if (member) return member;
    }
    return undefined;
  }

  [Symbol.iterator](): Iterator<M> {
    return new LaneWalk(this);
  }

  #clearFront(): void {
    const { length } = this.#members;
    while (this.#gone < length && this.#members[this.#gone] === undefined) this.#gone++;
    if (this.#gone < length && (this.#gone < minCleared || this.#gone < length / 2)) return;
    this.#members.splice(0, this.#gone);
    this.#base += this.#gone;
    this.#gone = 0;
  }
}

/** Half the time of a generator. */
class LaneWalk<M extends LaneMember> implements Iterator<M> {
  readonly #lane: Lane<M>;
  #place = -1;

  constructor(lane: Lane<M>) {
    this.#lane = lane;
  }

  next(): IteratorResult<M> {
    const member = this.#lane.after(this.#place);
    if (!member) return { done: true, value: undefined };
    this.#place = member.place;
    return { done: false, value: member };
  }
}

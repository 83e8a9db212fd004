import { type HeaderField, headerFieldSize } from "./header-field.js";

/** The smallest entry is the overhead alone, so a table of this many bytes holds no more than size / 32 entries. */
const smallestEntry = 32;

type EvictionListener = (field: HeaderField, place: number) => void;

/**
 * The dynamic table (RFC 7541, 2.3.2 and 4): the newest entry has age 0, the oldest leaves when a new one needs its
 * room. Entries lie in a ring, so nothing moves when one comes or goes.
 */
export class DynamicTable {
  readonly #ring: (HeaderField | undefined)[];
  readonly #evicted: EvictionListener | undefined;
  #maxSize: number;
  #size = 0;
  #length = 0;
  #added = 0;
  #generation = 0;

  /** `limit` is the largest size the table will ever have, in bytes; it begins with that size. */
  constructor(limit: number, evicted?: EvictionListener) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(limit / smallestEntry, 1)));
    this.#ring = new Array(slots).fill(undefined);
    this.#maxSize = limit;
    this.#evicted = evicted;
  }

  get length(): number {
    return this.#length;
  }

  get maxSize(): number {
    return this.#maxSize;
  }

  /** How many entries were ever added. The place of an entry is this number as it was before the entry came. */
  get added(): number {
    return this.#added;
  }

  /** Another number after every change, so that what was worked out for a table can be kept as long as it holds. */
  get generation(): number {
    return this.#generation;
  }

  /** The entry that came `age` entries before the newest; undefined past the oldest. */
  at(age: number): HeaderField | undefined {
    return age < this.#length ? this.#ring[this.#slot(this.#added - 1 - age)] : undefined;
  }

  /** A field larger than the whole table empties it and is not kept: no error, says RFC 7541, 4.4. */
  add(field: HeaderField): void {
    const size = headerFieldSize(field);
    this.#generation++;
    this.#shrinkTo(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#ring[this.#slot(this.#added)] = field;
    this.#added++;
    this.#length++;
    this.#size += size;
  }

  /** Sets the maximum size, at most the limit the table was made with. */
  resize(maxSize: number): void {
    if (maxSize === this.#maxSize) return;
    this.#generation++;
    this.#maxSize = maxSize;
    this.#shrinkTo(maxSize);
  }

  #shrinkTo(size: number): void {
    while (this.#length > 0 && this.#size > size) this.#evictOldest();
  }

  #evictOldest(): void {
    const place = this.#added - this.#length;
    const slot = this.#slot(place);
    const field = this.#ring[slot];
    if (field === undefined) return;
    this.#ring[slot] = undefined;
    this.#length--;
    this.#size -= headerFieldSize(field);
    this.#evicted?.(field, place);
  }

  #slot(place: number): number {
    return place & (this.#ring.length - 1);
  }
}

import type { HeaderField } from "./header-field.js";

/** Where the fields of one name stand. */
interface NamePlaces {
  latest: number;
  readonly byValue: Map<string, number>;
}

/** Finds the place of a field, or of any field with its name, without a walk through the table. */
export class FieldIndex {
  readonly #byName = new Map<string, NamePlaces>();

  /** The place becomes the answer for this field and for its name, whatever was added before. */
  add(field: HeaderField, place: number): void {
    const places = this.#byName.get(field.name);
    if (places === undefined) {
      this.#byName.set(field.name, { latest: place, byValue: new Map([[field.value, place]]) });
      return;
    }
    places.latest = place;
    places.byValue.set(field.value, place);
  }

  /** Forgets a field at its place; its name keeps a later place. A field is added once, and the oldest goes first. */
  remove(field: HeaderField, place: number): void {
    const places = this.#byName.get(field.name);
    places?.byValue.delete(field.value);
    if (places?.latest === place) this.#byName.delete(field.name);
  }

  find(field: HeaderField): number | undefined {
    return this.#byName.get(field.name)?.byValue.get(field.value);
  }

  findName(name: string): number | undefined {
    return this.#byName.get(name)?.latest;
  }
}

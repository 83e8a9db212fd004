import { Type } from "protobufjs";
import type { Place } from "../diagnostic.js";
import type { Section } from "./section.js";

/** A message with those it inherits from: a field has the value of the first that mentions it, else the schema's default. */
export class LayeredSection {
  readonly #type: Type;
  readonly #layers: readonly Section[];

  constructor(type: Type, layers: readonly Section[]) {
    this.#type = type;
    this.#layers = layers;
  }

  /** Whether any layer is there. */
  get isGiven(): boolean {
    return this.#layers.length > 0;
  }

  mentions(field: string): boolean {
    return this.#owner(field) !== undefined;
  }

  string(field: string): string | undefined {
    const value = this.#owner(field)?.string(field) ?? this.#default(field);
    return value === undefined ? undefined : String(value);
  }

  /** Of a field that has a default. */
  number(field: string): number {
    return this.#owner(field)?.number(field) ?? Number(this.#default(field));
  }

  /** Of a field that has a default. */
  bool(field: string): boolean {
    return this.#owner(field)?.bool(field) ?? this.#default(field) === true;
  }

  /** A field that is a message, with the same layers. */
  nested(field: string): LayeredSection {
    const { resolvedType } = this.#type.fields[field] ?? {};
    if (!(resolvedType instanceof Type)) throw new Error(`${this.#type.name}.${field} is no message`);
    return new LayeredSection(
      resolvedType,
      this.#layers.flatMap((layer) => layer.sections(field)),
    );
  }

  /** Where the value stands; undefined when it is the default. */
  placeOf(field: string): Place | undefined {
    return this.#owner(field)?.placeOf(field);
  }

  #owner(field: string): Section | undefined {
    return this.#layers.find((layer) => layer.mentions(field));
  }

  #default(field: string): unknown {
    return this.#type.fields[field]?.options?.default;
  }
}

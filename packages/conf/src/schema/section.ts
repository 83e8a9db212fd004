import type { FieldPath } from "@paddlewheel/core";
import type { Type } from "protobufjs";
import type { Place } from "../diagnostic.js";
import { keyPath, keyPlace } from "./key-place.js";
import type { ScalarValue } from "./scalar.js";

/** Values of a map field by key. */
export type ConfMap = ReadonlyMap<string, unknown>;

export interface Entry<T = ScalarValue | Section | ConfMap> {
  readonly value: T;
  readonly place: Place;
}

export interface SectionContent {
  readonly isWhole: boolean;
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  /** Of the first mention of each field, and of each key of a map, `config["k"]`. */
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * One message of a conf file after the schema has checked it: values of the right type, each with its place. A field
 * that was wrong is absent here and in the findings.
 */
export class Section {
  readonly type: Type;
  readonly place: Place;
  /** False when a syntax fault hides some of the fields. */
  readonly isWhole: boolean;
  readonly #entries: ReadonlyMap<string, readonly Entry[]>;
  readonly #lines: ReadonlyMap<string, number>;

  constructor(type: Type, place: Place, content: SectionContent) {
    this.type = type;
    this.place = place;
    this.isWhole = content.isWhole;
    this.#entries = content.entries;
    this.#lines = content.lines;
  }

  /** Whether the file mentions the field, rightly or wrongly. */
  mentions(field: string): boolean {
    return this.#lines.has(field);
  }

  entries(field: string): readonly Entry[] {
    return this.#entries.get(field) ?? [];
  }

  string(field: string): string | undefined {
    return this.strings(field)[0]?.value;
  }

  strings(field: string): readonly Entry<string>[] {
    return this.#all(field, (value) => typeof value === "string");
  }

  bool(field: string): boolean | undefined {
    return this.#all(field, (value) => typeof value === "boolean")[0]?.value;
  }

  number(field: string): number | undefined {
    return this.numbers(field)[0]?.value;
  }

  numbers(field: string): readonly Entry<number>[] {
    return this.#all(field, (value) => typeof value === "number");
  }

  sections(field: string): readonly Section[] {
    return this.#all(field, (value) => value instanceof Section).map(({ value }) => value);
  }

  map(field: string): ConfMap {
    const first = this.#all(field, (value) => value instanceof Map)[0];
    return first?.value ?? new Map();
  }

  /** Where a field stands, or its value of an index; the line of the message when the field is not there. */
  placeOf(field: string, index?: number): Place {
    const entry = index === undefined ? undefined : this.entries(field)[index];
    if (entry) return entry.place;
    const line = this.#lines.get(field) ?? this.place.line;
    return { ...this.place, line, field: joinPath(this.place.field, field) };
  }

  /** Where a path inside this message leads, `["nodes", 2, "name"]`, or `["nodes", 2, "config", "k"]`. */
  placeOfPath(path: FieldPath): Place {
    const [field, index, ...rest] = path;
    if (typeof field !== "string") return this.place;
    if (typeof index === "string") return this.#placeOfKey(field, index);
    if (index === undefined) return this.placeOf(field);
    const nested = this.sections(field)[index];
    return nested && rest.length > 0 ? nested.placeOfPath(rest) : this.placeOf(field, index);
  }

  #placeOfKey(field: string, key: string): Place {
    const place = this.placeOf(field);
    return keyPlace({ ...place, line: this.#lines.get(keyPath(field, key)) ?? place.line }, key);
  }

  #all<T extends Entry["value"]>(
    field: string,
    is: (value: Entry["value"]) => value is T,
  ): readonly Entry<T>[] {
    return this.entries(field).filter((entry): entry is Entry<T> => is(entry.value));
  }
}

/** `workflows[0]` and `name` → `workflows[0].name` */
export function joinPath(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

import { nearestNameHint } from "@paddlewheel/core";
import { type Field, MapField, Type } from "protobufjs";
import type { Findings, Place } from "../diagnostic.js";
import type { TreeField, TreeMessage, TreeValue } from "../text/tree.js";
import { keyPath, keyPlace } from "./key-place.js";
import { readMapEntries } from "./map-entries.js";
import { breaksRule } from "./rules.js";
import { readScalar } from "./scalar.js";
import { type Entry, joinPath, Section } from "./section.js";

export interface MessageCheckOptions {
  readonly type: Type;
  readonly tree: TreeMessage;
  readonly place: Place;
  readonly findings: Findings;
}

/**
 * Holds a tree against the schema of a message. Every fault of every field goes to `findings` with its own line; what
 * is right is in the Section.
 */
export function checkMessage(options: MessageCheckOptions): Section {
  return new MessageCheck(options).run();
}

class MessageCheck {
  readonly #type: Type;
  readonly #tree: TreeMessage;
  readonly #place: Place;
  readonly #findings: Findings;
  readonly #entries = new Map<string, Entry[]>();
  /** Of the first mention of each field, right or wrong. */
  readonly #lines = new Map<string, number>();
  /** Values each repeated field has had so far, right or wrong. */
  readonly #counts = new Map<string, number>();

  constructor(options: MessageCheckOptions) {
    this.#type = options.type;
    this.#tree = options.tree;
    this.#place = options.place;
    this.#findings = options.findings;
  }

  run(): Section {
    for (const field of this.#tree.fields) this.#check(field);
    if (this.#tree.isWhole) this.#checkRequired();
    return new Section(this.#type, this.#place, {
      isWhole: this.#tree.isWhole,
      entries: this.#entries,
      lines: this.#lines,
    });
  }

  #check(given: TreeField): void {
    const field = Object.hasOwn(this.#type.fields, given.name) ? this.#type.fields[given.name] : undefined;
    if (!field) {
      this.#faultUnknown(given);
      return;
    }
    if (
      given.value.kind === "list" &&
      given.value.isBare &&
      !(field.resolvedType instanceof Type || field.map)
    ) {
      this.#fault(given, `":" is missing after "${field.name}"`);
    }
    // An empty list says as much as no mention at all.
    if (field.repeated && given.value.kind === "list" && given.value.items.length === 0) return;
    const first = this.#lines.get(field.name);
    if (first === undefined) this.#lines.set(field.name, given.line);
    if (first !== undefined && !field.repeated && !field.map) {
      this.#fault(given, `is given twice, first on line ${first}`);
    } else if (field instanceof MapField) {
      this.#addToMap(field, given);
    } else if (given.value.kind !== "list") {
      this.#add(field, given.line, given.value);
    } else if (field.repeated) {
      for (const item of given.value.items) this.#add(field, item.line, item);
    } else {
      this.#fault(given, "takes one value, not a list");
    }
  }

  #fault(given: TreeField, message: string): void {
    this.#findings.fault(this.#placeOf(given.name, given.line), message);
  }

  #faultUnknown({ name, line }: TreeField): void {
    const shown = name.length > 64 ? `${name.slice(0, 64)}…` : name;
    const known = this.#type.fieldsArray.filter(({ options }) => !options?.deprecated);
    const hint = nearestNameHint(
      shown,
      known.map((field) => field.name),
    );
    const place = { ...this.#place, line, field: joinPath(this.#place.field, shown) };
    this.#findings.fault(place, `${this.#type.name} has no such field${hint}`);
  }

  #add(field: Field, line: number, value: TreeValue): void {
    const place = this.#nextPlace(field, line);
    const read =
      field.resolvedType instanceof Type
        ? this.#readNested(field.resolvedType, value, place)
        : this.#readScalar(field, value, place);
    if (read !== undefined) this.#entriesOf(field.name).push({ value: read, place });
  }

  #readNested(type: Type, value: TreeValue, place: Place): Section | undefined {
    if (value.kind === "message") {
      return checkMessage({ type, tree: value, place, findings: this.#findings });
    }
    this.#findings.fault(place, `must be a message, the fields of ${type.name}`);
    return undefined;
  }

  #readScalar(field: Field, value: TreeValue, place: Place): Entry["value"] | undefined {
    if (value.kind !== "scalar") {
      this.#findings.fault(place, `must be one ${field.type}, not a ${value.kind}`);
      return undefined;
    }
    const result = readScalar(field, value);
    const fault = "fault" in result ? result.fault : breaksRule(field, result.value);
    if ("fault" in result || fault !== undefined) {
      this.#findings.fault(place, fault ?? "");
      return undefined;
    }
    const isOldBool = typeof result.value === "boolean" && /^[01]$/.test(value.source);
    if (isOldBool && !field.options?.deprecated) {
      this.#findings.warn(place, `${value.source} is the older way to write it: write ${result.value}`);
    }
    return result.value;
  }

  #addToMap(field: MapField, given: TreeField): void {
    const place = this.#placeOf(field.name, given.line);
    const map = this.#mapOf(field.name, place);
    for (const { key, value, line } of readMapEntries({ field, given, place, findings: this.#findings })) {
      if (map.has(key)) this.#findings.fault(keyPlace({ ...place, line }, key), "is given twice");
      else {
        map.set(key, value);
        this.#lines.set(keyPath(field.name, key), line);
      }
    }
  }

  #mapOf(name: string, place: Place): Map<string, unknown> {
    const known = this.#entriesOf(name)[0]?.value;
    if (known instanceof Map) return known;
    const map = new Map<string, unknown>();
    this.#entriesOf(name).push({ value: map, place });
    return map;
  }

  #checkRequired(): void {
    for (const field of this.#type.fieldsArray) {
      if (!field.required || this.#lines.has(field.name)) continue;
      const place = { ...this.#place, field: joinPath(this.#place.field, field.name) };
      this.#findings.fault(place, `is missing, ${this.#type.name} needs it`);
    }
  }

  #entriesOf(name: string): Entry[] {
    let entries = this.#entries.get(name);
    if (!entries) {
      entries = [];
      this.#entries.set(name, entries);
    }
    return entries;
  }

  #nextPlace(field: Field, line: number): Place {
    const place = this.#placeOf(field.name, line);
    if (!field.repeated) return place;
    const index = this.#counts.get(field.name) ?? 0;
    this.#counts.set(field.name, index + 1);
    return { ...place, field: `${place.field}[${index}]` };
  }

  #placeOf(name: string, line: number): Place {
    return { ...this.#place, line, field: joinPath(this.#place.field, name) };
  }
}

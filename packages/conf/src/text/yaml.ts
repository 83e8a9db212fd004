import {
  boolCoreTag,
  EVENT_ID,
  type Event,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from "js-yaml";
import { textLimits } from "./text-limits.js";
import type { ParsedText, TreeField, TreeMessage, TreeValue, YamlScalar } from "./tree.js";

const emptyTree: TreeMessage = { kind: "message", notation: "yaml", line: 1, fields: [], isWhole: true };
const lostTree: TreeMessage = { ...emptyTree, isWhole: false };

/**
 * Reads one YAML 1.2 document (core schema, no tags, no merge keys) into the tree prototxt gives, so that one checker
 * serves both. The YAML parser stops at its first fault, so there is at most one.
 */
export function parseYaml(text: string): ParsedText {
  try {
    const events = parseEvents(text, { maxDepth: textLimits.maxDepth });
    return { tree: new TreeBuilder(text, events).build(), faults: [] };
  } catch (error) {
    return { tree: lostTree, faults: [syntaxFault(error)] };
  }
}

class YamlFault extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

function syntaxFault(error: unknown): { line: number; message: string } {
  if (error instanceof YamlFault) return { line: error.line, message: error.message };
  if (error instanceof YAMLException) return { line: (error.mark?.line ?? 0) + 1, message: error.reason };
  throw error;
}

/** A value with what it counts: nodes in it, and levels below it. */
interface Counted {
  readonly value: TreeValue;
  readonly nodes: number;
  readonly height: number;
}

class TreeBuilder {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Counted>();
  readonly #lineStarts: readonly number[];
  #at = 0;
  #nodes = 0;
  /** Line of the last event that had a place; empty values and ends have none of their own. */
  #line = 1;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
    this.#lineStarts = [...text.matchAll(/\r\n?|\n/g)].map((match) => match.index + match[0].length);
  }

  build(): TreeMessage {
    if (this.#next() === undefined) return emptyTree;
    if (this.#peek()?.type === EVENT_ID.POP) return emptyTree;
    const { value } = this.#value(0);
    this.#next();
    if (this.#peek()) {
      this.#next();
      throw new YamlFault(this.#value(0).value.line, "a conf file is one YAML document, not several");
    }
    if (value.kind === "message") return value;
    if (value.kind === "scalar" && value.source === "") return emptyTree;
    throw new YamlFault(value.line, "a conf file must be a mapping of fields");
  }

  #value(depth: number): Counted {
    const event = this.#next();
    if (event?.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd, depth);
    if (!event || !("tagStart" in event)) throw new YamlFault(this.#line, "expected a value");
    if (event.tagStart >= 0) {
      throw new YamlFault(this.#lineOf(event.tagStart), "tags are not used in conf: write the value without");
    }
    if (++this.#nodes > textLimits.maxYamlNodes) throw this.#tooManyNodes();
    const counted = this.#content(event, depth);
    if (event.anchorStart >= 0) {
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), counted);
    }
    return counted;
  }

  #content(event: Event, depth: number): Counted {
    if (event.type === EVENT_ID.MAPPING) return this.#mapping(this.#lineOf(event.start), depth);
    if (event.type === EVENT_ID.SEQUENCE) return this.#sequence(this.#lineOf(event.start), depth);
    return { value: this.#scalar(event as ScalarEvent), nodes: 1, height: 0 };
  }

  #mapping(line: number, depth: number): Counted {
    const fields: TreeField[] = [];
    const seen = new Map<string, number>();
    let nodes = 1;
    let height = 0;
    while (this.#peek()?.type !== EVENT_ID.POP) {
      const key = this.#key(depth);
      const first = seen.get(key.source);
      if (first !== undefined) {
        throw new YamlFault(key.line, `the key "${key.source}" is given twice, first on line ${first}`);
      }
      seen.set(key.source, key.line);
      const counted = this.#value(depth + 1);
      fields.push({ name: key.source, line: key.line, value: counted.value });
      nodes += 1 + counted.nodes;
      height = Math.max(height, counted.height + 1);
    }
    this.#next();
    return { value: { kind: "message", notation: "yaml", line, fields, isWhole: true }, nodes, height };
  }

  #key(depth: number): YamlScalar {
    const event = this.#peek();
    const { value } = this.#value(depth + 1);
    if (value.kind !== "scalar" || value.notation !== "yaml") {
      throw new YamlFault(value.line, "a key must be the name of a field");
    }
    const isPlain = event?.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN;
    if (isPlain && value.source === "<<") {
      throw new YamlFault(value.line, 'merge keys ("<<") are not used in conf: write the fields out');
    }
    return value;
  }

  #sequence(line: number, depth: number): Counted {
    const items: TreeValue[] = [];
    let nodes = 1;
    let height = 0;
    while (this.#peek()?.type !== EVENT_ID.POP) {
      const counted = this.#value(depth + 1);
      items.push(counted.value);
      nodes += counted.nodes;
      height = Math.max(height, counted.height + 1);
    }
    this.#next();
    return { value: { kind: "list", line, isBare: false, items }, nodes, height };
  }

  /** An alias shares the tree of its anchor but counts all of it: what walks the tree later walks it again. */
  #alias(start: number, end: number, depth: number): Counted {
    const name = this.#text.slice(start, end);
    const line = this.#lineOf(start);
    const target = this.#anchors.get(name);
    if (!target) throw new YamlFault(line, `no anchor "${name}" stands before this alias`);
    this.#nodes += target.nodes;
    if (this.#nodes > textLimits.maxYamlNodes) throw this.#tooManyNodes();
    if (depth + target.height > textLimits.maxDepth) {
      throw new YamlFault(line, `nested deeper than ${textLimits.maxDepth}`);
    }
    return target;
  }

  #tooManyNodes(): YamlFault {
    return new YamlFault(this.#line, `more than ${textLimits.maxYamlNodes} nodes, aliases replaced`);
  }

  #scalar(event: ScalarEvent): YamlScalar {
    const line = event.valueStart < 0 ? this.#line : this.#lineOf(event.valueStart);
    const source = getScalarValue(this.#text, event);
    const value = event.style === SCALAR_STYLE.PLAIN ? resolvePlain(source) : source;
    return { kind: "scalar", notation: "yaml", line, source, value };
  }

  #peek(): Event | undefined {
    return this.#events[this.#at];
  }

  #next(): Event | undefined {
    return this.#events[this.#at++];
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    this.#line = low + 1;
    return this.#line;
  }
}

function resolvePlain(source: string): YamlScalar["value"] {
  for (const tag of [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag]) {
    const value = tag.resolve(source, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return source;
}

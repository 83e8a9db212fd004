import { Code, ServeError } from "@paddlewheel/core";
import { type JsonObject, readList, readObject } from "../json/json-value.js";
import { parseJson } from "../json/parse-json.js";
import { wireLimits } from "../wire-limits.js";
import type { JsonDialect } from "./json-dialect.js";
import { MessageMaker } from "./message-maker.js";
import { type MessageField, type MessageType, parseMapKey, setEntry } from "./message-type.js";
import { requireFields } from "./require-fields.js";

export interface JsonSource {
  readonly text: string;
  readonly dialect: JsonDialect;
  /** The message in errors. */
  readonly what: string;
}

/**
 * Reads a message from JSON: bytes as base64, enums by name or number, 64-bit integers as numbers or text, null for
 * what is not sent; unknown members are stepped over.
 * @throws ServeError malformedRequest that opens with the path, in names of the .proto.
 */
export function readJsonMessage(
  type: MessageType,
  { text, dialect, what }: JsonSource,
): Record<string, unknown> {
  const json = readObject(parseJson(text), what);
  const message = new JsonMessageReader(type, dialect).message(type, json, { path: "", depth: 1 });
  requireFields(type, message);
  return message;
}

interface Place {
  /** With the dot that follows it. */
  readonly path: string;
  readonly depth: number;
}

class JsonMessageReader {
  readonly #root: MessageType;
  readonly #dialect: JsonDialect;
  readonly #maker = new MessageMaker();
  #fieldCount = 0;

  constructor(root: MessageType, dialect: JsonDialect) {
    this.#root = root;
    this.#dialect = dialect;
  }

  message(type: MessageType, json: JsonObject, { path, depth }: Place): Record<string, unknown> {
    if (depth > wireLimits.maxMessageDepth) {
      throw this.#malformed(`messages are nested deeper than ${wireLimits.maxMessageDepth} levels`);
    }
    const message = this.#maker.createEmpty(type);
    for (const field of type.fields) {
      const value = this.#dialect.find(json, field);
      if (value === undefined || value === null) continue;
      this.#count();
      const place = { path: path + field.protoName, depth };
      const rival = field.rivals.find((name) => Object.hasOwn(message, name));
      if (rival !== undefined)
        throw refuse(place.path, `is sent beside its rival ${rival}; send only one of them`);
      message[field.name] = this.#field(field, value, place);
    }
    return message;
  }

  #field(field: MessageField, value: unknown, place: Place): unknown {
    if (field.shape === "single") return this.#value(field, value, place);
    if (field.shape === "map") return this.#map(field, value, place);
    return this.#list(field, readList(value, place.path), place);
  }

  #value({ type }: MessageField, value: unknown, { path, depth }: Place): unknown {
    if (type.kind === "scalar") return this.#dialect.parse(type, value, path);
    return this.message(type, readObject(value, path), { path: `${path}.`, depth: depth + 1 });
  }

  /** Numbers of lists are not counted, as in bytes. */
  #list(field: MessageField, list: readonly unknown[], { path, depth }: Place): unknown[] {
    const { type } = field;
    if (type.kind === "scalar" && type.unpack) {
      return list.map((one, i) => this.#dialect.parse(type, one, path, i));
    }
    return list.map((one, i) => {
      this.#count();
      return this.#value(field, one, { path: `${path}[${i}]`, depth });
    });
  }

  #map(field: MessageField, value: unknown, { path, depth }: Place): object {
    const map = {};
    for (const [text, one] of Object.entries(readObject(value, path))) {
      this.#count();
      const place = { path: `${path}.${text}`, depth };
      const key = field.keyType && parseMapKey(field.keyType, text);
      if (key === undefined) throw refuse(place.path, `the key is no ${field.keyType?.name}`);
      setEntry(map, String(key), this.#value(field, one, place));
    }
    return map;
  }

  #count(): void {
    if (++this.#fieldCount > wireLimits.maxFields) {
      throw this.#malformed(`more than ${wireLimits.maxFields} fields`);
    }
  }

  #malformed(what: string): ServeError {
    return refuse(this.#root.name, what);
  }
}

function refuse(place: string, what: string): ServeError {
  return new ServeError(Code.malformedRequest, `${place}: ${what}`);
}

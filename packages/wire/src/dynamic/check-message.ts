import { Code, formatFieldPath, nearestNameHint, quoteValue, ServeError } from "@paddlewheel/core";
import { wireLimits } from "../wire-limits.js";
import { fieldValue, type MessageField, type MessageType, parseMapKey } from "./message-type.js";
import type { ScalarType } from "./scalar-type.js";

/**
 * Checks an object that a program made: every field is one of the message and holds what its type allows, every
 * required one is there.
 * @throws ServeError invalidArgument with the path, `categories[2]: must be a number, got "x"`.
 */
export function checkMessage(type: MessageType, value: unknown): void {
  new MessageCheck().message(type, value);
}

class MessageCheck {
  /** To the value that is looked at, by names in objects. */
  readonly #path: (string | number)[] = [];
  #depth = 0;

  message(type: MessageType, value: unknown): void {
    if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
      throw this.#wrong(`must be an object, message ${type.name}`, value);
    }
    if (++this.#depth > wireLimits.maxMessageDepth) {
      throw this.#fault(`messages are nested deeper than ${wireLimits.maxMessageDepth} levels`);
    }
    for (const name of Object.keys(value))
      if (!type.fieldOfName(name)) this.#refuseUnknown(type, value, name);
    for (const field of type.fields) {
      const inner = fieldValue(value, field.name);
      this.#path.push(field.name);
      if (inner !== undefined && inner !== null) this.#field(field, inner, value);
      else if (field.isRequired) throw this.#fault(`is missing, message ${type.name} requires it`);
      this.#path.pop();
    }
    this.#depth--;
  }

  #field(field: MessageField, value: unknown, message: object): void {
    const rival = field.rivals.find((name) => fieldValue(message, name) !== undefined);
    if (rival) throw this.#fault(`is set beside "${rival}", only one of them may be`);
    if (field.shape === "list") this.#list(field, value);
    else if (field.shape === "map") this.#map(field, value);
    else this.#value(field, value);
  }

  #value({ type }: MessageField, value: unknown): void {
    if (type.kind === "message") this.message(type, value);
    else this.#scalar(type, value);
  }

  #list(field: MessageField, list: unknown): void {
    const { type } = field;
    if (type.kind === "scalar" && type.arrayType && list instanceof type.arrayType) return;
    if (!Array.isArray(list) && !isNumberArray(list)) throw this.#wrong("must be a list", list);
    for (let i = 0; i < list.length; i++) {
      this.#path.push(i);
      this.#value(field, list[i]);
      this.#path.pop();
    }
  }

  #map(field: MessageField, map: unknown): void {
    if (typeof map !== "object" || map === null || Array.isArray(map) || ArrayBuffer.isView(map)) {
      throw this.#wrong("must be an object of keys and values", map);
    }
    for (const [key, value] of Object.entries(map)) {
      this.#path.push(key);
      if (field.keyType && parseMapKey(field.keyType, key) === undefined) {
        throw this.#fault(`the key must be text of ${field.keyType.name}`);
      }
      this.#value(field, value);
      this.#path.pop();
    }
  }

  #scalar(type: ScalarType, value: unknown): void {
    const must = type.whyNot(value);
    if (must !== undefined) throw this.#wrong(must, value);
  }

  /** A name set to undefined is no mistake: that is how an object says that it leaves a field out. */
  #refuseUnknown(type: MessageType, message: object, name: string): void {
    if (fieldValue(message, name) === undefined) return;
    this.#path.push(name);
    throw this.#fault(`message ${type.name} has no such field${nearestNameHint(name, type.fieldNames())}`);
  }

  #wrong(must: string, value: unknown): ServeError {
    return this.#fault(`${must}, got ${quoteValue(value)}`);
  }

  #fault(what: string): ServeError {
    const place = formatFieldPath(this.#path) || "the message";
    return new ServeError(Code.invalidArgument, `${place}: ${what}`);
  }
}

function isNumberArray(value: unknown): value is ArrayLike<unknown> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

import type { ScalarType, ScalarValue } from "./scalar-type.js";

export type FieldShape = "single" | "list" | "map";

/** A field of a message type, as codecs want to know it. */
export interface MessageField {
  readonly number: number;
  /** Name in the .proto and in brpc's JSON, `log_id`. */
  readonly protoName: string;
  /** Name in protobuf's own JSON, `logId` unless the .proto declares another. */
  readonly jsonName: string;
  /** Name in decoded objects, `logId`. */
  readonly name: string;
  readonly shape: FieldShape;
  /** Of the value, of an element, or of a map's values. */
  readonly type: ScalarType | MessageType;
  /** Of a map. */
  readonly keyType: ScalarType | undefined;
  /** Of a map: the message of `key` and `value` that an entry is. */
  readonly entryType: MessageType | undefined;
  /** A list of numbers that is written as one block. */
  readonly isPacked: boolean;
  readonly isRequired: boolean;
  /** Declared with the option `pack_on` of Paddle's pds_option.proto: clients may split it over several requests. */
  readonly isPackOn: boolean;
  /** Of a single value: its default may be sent too, and then is told from one that was not. */
  readonly hasPresence: boolean;
  /** What a single scalar reads as when it was not sent; undefined where that is told by its absence. */
  readonly defaultValue: ScalarValue | undefined;
  /** The other fields of its oneof, by name in objects. */
  readonly rivals: readonly string[];
}

/** A message type of a .proto, ready to read and write. It may hold itself, so its fields come after it. */
export class MessageType {
  readonly kind = "message";
  /** The last part of the full name. */
  readonly name: string;
  readonly fullName: string;
  readonly #byNumber = new Map<number, MessageField>();
  readonly #byName = new Map<string, MessageField>();
  readonly #byProtoName = new Map<string, MessageField>();
  #fields: readonly MessageField[] = [];
  #holdsRequired: boolean | undefined;

  constructor(fullName: string) {
    this.fullName = fullName;
    this.name = fullName.slice(fullName.lastIndexOf(".") + 1);
  }

  /** In the order of their numbers. */
  get fields(): readonly MessageField[] {
    return this.#fields;
  }

  /** Called once, by whoever made the type. */
  set fields(fields: readonly MessageField[]) {
    this.#fields = fields.toSorted((a, b) => a.number - b.number);
    for (const field of this.#fields) {
      this.#byNumber.set(field.number, field);
      this.#byName.set(field.name, field);
      this.#byProtoName.set(field.protoName, field);
    }
  }

  fieldOfNumber(number: number): MessageField | undefined {
    return this.#byNumber.get(number);
  }

  /** By its name in objects. */
  fieldOfName(name: string): MessageField | undefined {
    return this.#byName.get(name);
  }

  fieldOfProtoName(name: string): MessageField | undefined {
    return this.#byProtoName.get(name);
  }

  /** In the words of errors that look for a near miss. */
  fieldNames(): Iterable<string> {
    return this.#byName.keys();
  }

  protoNames(): Iterable<string> {
    return this.#byProtoName.keys();
  }

  /** The type, or one inside it, has required fields. */
  get holdsRequired(): boolean {
    this.#holdsRequired ??= [...reachableTypes(this)].some(({ fields }) =>
      fields.some((one) => one.isRequired),
    );
    return this.#holdsRequired;
  }

  /** A message of which nothing was sent: defaults filled in, lists and maps empty; required fields not there yet. */
  createEmpty(): Record<string, unknown> {
    const message: Record<string, unknown> = {};
    for (const { name, shape, defaultValue } of this.#fields) {
      if (shape === "list") message[name] = [];
      else if (shape === "map") message[name] = {};
      else if (defaultValue !== undefined) message[name] = defaultValue;
    }
    return message;
  }
}

function reachableTypes(type: MessageType): Set<MessageType> {
  const found = new Set([type]);
  // A set that grows while it is walked is walked to its new end.
  for (const one of found) {
    for (const field of one.fields) if (field.type.kind === "message") found.add(field.type);
  }
  return found;
}

/** The value of a field in an object; names such as `constructor` are not taken for what every object has. */
export function fieldValue(message: object, name: string): unknown {
  return Object.hasOwn(message, name) ? (message as Record<string, unknown>)[name] : undefined;
}

/**
 * Whether a field is sent with this value: without presence not when it is the default, as in proto3; lists and maps
 * when they hold something.
 */
export function isSent(field: MessageField, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (field.shape === "list") return (value as ArrayLike<unknown>).length > 0;
  if (field.shape === "map") return Object.keys(value).length > 0;
  return (
    field.hasPresence ||
    field.type.kind === "message" ||
    !field.type.isSame(value as ScalarValue, field.type.zero)
  );
}

/** Sets an entry of a map whatever its key; assigned, `__proto__` would be the prototype. */
export function setEntry(map: object, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * The key of a map as its type; undefined when the text is none. Objects and JSON have keys as text.
 */
export function parseMapKey(type: ScalarType, text: string): ScalarValue | undefined {
  if (type.name === "string") return text;
  if (type.name === "bool") return text === "true" ? true : text === "false" ? false : undefined;
  if (!/^-?\d{1,20}$/.test(text)) return undefined;
  const key = typeof type.zero === "bigint" ? BigInt(text) : Number(text);
  return type.whyNot(key) === undefined ? key : undefined;
}

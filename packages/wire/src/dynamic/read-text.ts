import { Code, nearestNameHint, quoteValue, ServeError } from "@paddlewheel/core";
import { TextScanner } from "../text/text-scanner.js";
import { wireLimits } from "../wire-limits.js";
import { MessageMaker } from "./message-maker.js";
import { type MessageField, type MessageType, setEntry } from "./message-type.js";
import { requireFields } from "./require-fields.js";
import { readTextScalar } from "./text-scalar.js";

type MessageObject = Record<string, unknown>;

const maxShownName = 64;

const closers: Readonly<Record<string, string>> = { "{": "}", "<": ">" };

/**
 * Reads a message from protobuf's text format, in time linear in the text. As in protobuf an unknown field is an
 * error, and so is a field given twice that is no list; extensions are not known.
 * @throws ServeError malformedRequest that opens with line and path, `line 3: tensor[0].shape[1]: …`.
 */
export function readTextMessage(type: MessageType, text: string): MessageObject {
  const message = new TextMessageReader(type, text).read();
  requireFields(type, message);
  return message;
}

/** A message that is being read. */
interface Target {
  readonly type: MessageType;
  readonly message: MessageObject;
  /** With the dot that follows it. */
  readonly path: string;
  readonly depth: number;
}

class TextMessageReader {
  readonly #root: MessageType;
  readonly #scanner: TextScanner;
  readonly #maker = new MessageMaker();
  #fieldCount = 0;

  constructor(root: MessageType, text: string) {
    this.#root = root;
    this.#scanner = new TextScanner(text);
  }

  read(): MessageObject {
    const message = this.#maker.createEmpty(this.#root);
    try {
      this.#scanner.next();
      this.#fields({ type: this.#root, message, path: "", depth: 1 }, undefined);
    } catch (error) {
      if (!(error instanceof ServeError)) throw error;
      throw new ServeError(error.code, `line ${this.#scanner.line}: ${error.message}`);
    }
    return message;
  }

  /** Up to `closer`, or to the end of the text. */
  #fields(target: Target, closer: string | undefined): void {
    if (target.depth > wireLimits.maxMessageDepth) {
      throw malformed(
        this.#root.name,
        `messages are nested deeper than ${wireLimits.maxMessageDepth} levels`,
      );
    }
    const given = new Set<MessageField>();
    while (!this.#isAtEnd(target, closer)) {
      const field = this.#fieldName(target);
      if (field.shape === "single") this.#refuseSecond(field, target, given);
      this.#occurrence(field, target);
      if (!this.#take(",")) this.#take(";");
    }
    if (closer !== undefined) this.#scanner.next();
  }

  #isAtEnd({ path }: Target, closer: string | undefined): boolean {
    if (closer !== undefined && this.#scanner.kind === "end") {
      throw malformed(path.slice(0, -1), `the text ends before its "${closer}"`);
    }
    return closer === undefined ? this.#scanner.kind === "end" : this.#scanner.isMark(closer);
  }

  #fieldName({ type, path }: Target): MessageField {
    const { kind, token } = this.#scanner;
    if (kind !== "word") {
      const what = `${this.#shownToken()} stands where the name of a field must`;
      throw malformed(path.slice(0, -1) || type.name, what);
    }
    const field = type.fieldOfProtoName(token);
    if (!field) {
      const hint = nearestNameHint(token, type.protoNames());
      throw malformed(path + shortName(token), `message ${type.name} has no such field${hint}`);
    }
    this.#scanner.next();
    return field;
  }

  #refuseSecond(field: MessageField, { message, path }: Target, given: Set<MessageField>): void {
    const place = path + field.protoName;
    if (given.has(field)) throw malformed(place, "is given twice, and is no list");
    given.add(field);
    const rival = field.rivals.find((name) => Object.hasOwn(message, name));
    if (rival !== undefined)
      throw malformed(place, `is sent beside its rival ${rival}; send only one of them`);
  }

  /** What follows a name: a value, or several in brackets. Before a message the colon may be left out. */
  #occurrence(field: MessageField, target: Target): void {
    const hasColon = this.#take(":");
    if (field.shape !== "single" && this.#scanner.isMark("[")) this.#bracketed(field, target);
    else if (hasColon || field.type.kind === "message" || field.shape === "map") this.#store(field, target);
    else throw malformed(target.path + field.protoName, 'a ":" must follow the name');
  }

  #bracketed(field: MessageField, target: Target): void {
    this.#scanner.next();
    if (this.#take("]")) return;
    do this.#store(field, target);
    while (this.#take(","));
    if (this.#take("]")) return;
    throw malformed(target.path + field.protoName, `${this.#shownToken()} stands where "," or "]" must`);
  }

  #store(field: MessageField, target: Target): void {
    const { message, path, depth } = target;
    const place = path + field.protoName;
    if (field.shape === "map") this.#entry(field, message[field.name] as object, target);
    else if (field.shape === "single") message[field.name] = this.#value(field, { place, depth });
    else {
      const list = message[field.name] as unknown[];
      list.push(this.#value(field, { place, depth, index: list.length }));
    }
  }

  #value(
    { type }: Pick<MessageField, "type">,
    { place, depth, index }: { place: string; depth: number; index?: number },
  ): unknown {
    // Numbers of lists are not counted, as in bytes.
    if (type.kind === "message" || !type.unpack || index === undefined) this.#count();
    if (type.kind === "scalar") return readTextScalar(this.#scanner, type, { path: place, index });
    const path = `${index === undefined ? place : `${place}[${index}]`}.`;
    const message = this.#maker.createEmpty(type);
    this.#fields({ type, message, path, depth: depth + 1 }, this.#open(path));
    return message;
  }

  /** Opens a message and gives what closes it. */
  #open(path: string): string {
    const closer = this.#scanner.kind === "mark" ? closers[this.#scanner.token] : undefined;
    if (closer === undefined)
      throw malformed(path.slice(0, -1), `${this.#shownToken()} stands where "{" must`);
    this.#scanner.next();
    return closer;
  }

  /** An entry of a map is a message of a key and a value; what is left out has its default. */
  #entry({ protoName, type, entryType }: MessageField, map: object, { path, depth }: Target): void {
    if (!entryType) return;
    this.#count();
    const entry = this.#maker.createEmpty(entryType);
    const place = `${path}${protoName}.`;
    this.#fields({ type: entryType, message: entry, path: place, depth }, this.#open(place));
    const value = entry.value ?? (type.kind === "message" ? this.#maker.createEmpty(type) : type.zero);
    setEntry(map, String(entry.key), value);
  }

  #take(mark: string): boolean {
    const isThere = this.#scanner.isMark(mark);
    if (isThere) this.#scanner.next();
    return isThere;
  }

  #count(): void {
    if (++this.#fieldCount > wireLimits.maxFields) {
      throw malformed(this.#root.name, `more than ${wireLimits.maxFields} fields`);
    }
  }

  #shownToken(): string {
    const { kind, token } = this.#scanner;
    if (kind === "end") return "the end of the text";
    return kind === "string" ? "a string" : quoteValue(token);
  }
}

/** A name nobody knows may be of any length. */
function shortName(name: string): string {
  return name.length > maxShownName ? `${name.slice(0, maxShownName)}…` : name;
}

function malformed(place: string, what: string): ServeError {
  return new ServeError(Code.malformedRequest, `${place}: ${what}`);
}

import { Code } from "../code.js";
import { nameHint } from "../nearest-name.js";
import { ServeError } from "../serve-error.js";

/** How the responses of several workflows become one. */
export interface Merger {
  readonly name: string;
  /** Adds `part` to what earlier workflows gave; may change and return `target`. */
  merge(target: object, part: object): object;
}

/** Protobuf's MergeFrom on message objects: lists append, messages merge, a set scalar overwrites. */
export const defaultMerger: Merger = {
  name: "default",
  merge: (target, part) => mergeFrom({ ...target }, part),
};

function mergeFrom(target: Record<string, unknown>, part: object): Record<string, unknown> {
  for (const [field, value] of Object.entries(part)) {
    const current = target[field];
    if (Array.isArray(value)) target[field] = Array.isArray(current) ? [...current, ...value] : value;
    else if (isMessage(value)) target[field] = isMessage(current) ? mergeFrom({ ...current }, value) : value;
    else if (isSet(value)) target[field] = value;
  }
  return target;
}

function isMessage(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}

/** Of a proto3 scalar: one that differs from its default. */
function isSet(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return value.byteLength > 0;
  return (
    value !== undefined && value !== null && value !== 0 && value !== 0n && value !== "" && value !== false
  );
}

/** Mergers by name. */
export class MergerRegistry {
  readonly #mergers = new Map<string, Merger>([[defaultMerger.name, defaultMerger]]);

  /** @throws ServeError invalidConf when the name is taken. */
  register(merger: Merger): this {
    if (this.#mergers.has(merger.name)) {
      throw new ServeError(
        Code.invalidConf,
        `a merger named "${merger.name}" is already registered: give this one another name`,
      );
    }
    this.#mergers.set(merger.name, merger);
    return this;
  }

  names(): Iterable<string> {
    return this.#mergers.keys();
  }

  /** @throws ServeError invalidConf when there is none. */
  get(name: string): Merger {
    const merger = this.#mergers.get(name);
    if (merger) return merger;
    throw new ServeError(
      Code.invalidConf,
      `no merger named "${name}"${nameHint(name, this.#mergers.keys())}`,
    );
  }
}

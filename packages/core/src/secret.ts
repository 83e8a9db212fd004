const mask = "***";

/** What `util.inspect` asks an object for its text by. */
const inspectCustom = Symbol.for("nodejs.util.inspect.custom");

/**
 * A text that must not be shown: it prints as `***` in strings, JSON, logs and `util.inspect`. Only `reveal` gives it
 * away, so whoever reads code can search for where secrets go.
 */
export class Secret {
  static {
    Object.defineProperty(Secret.prototype, inspectCustom, { value: () => mask });
  }

  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }
}

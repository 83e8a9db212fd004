import { nameHint } from "@paddlewheel/core";
import { type Findings, formatPlace, type Place } from "../diagnostic.js";
import type { Section } from "../schema/section.js";

/** The names conf gives to things of one kind; each may be given once. */
export class NameTable {
  readonly #kind: string;
  readonly #places = new Map<string, Place>();
  readonly #findings: Findings;
  readonly #remedy: string;
  #isComplete = true;

  /**
   * @param kind what the names name, `"engine"`, for messages
   * @param remedy what to do about a name that is given twice
   */
  constructor(kind: string, findings: Findings, remedy = "choose another") {
    this.#kind = kind;
    this.#findings = findings;
    this.#remedy = remedy;
  }

  /** Takes the `name` of a section; one without is at fault already and only makes the table incomplete. */
  claim(section: Section): void {
    const name = section.string("name");
    if (name === undefined) {
      this.markIncomplete();
      return;
    }
    const place = section.placeOf("name");
    const owner = this.#places.get(name);
    if (owner) {
      const message = `the ${this.#kind} name "${name}" is already taken at ${formatPlace(owner)}: ${this.#remedy}`;
      this.#findings.fault(place, message);
    } else {
      this.#places.set(name, place);
    }
  }

  /** Some names could not be read: from now on nothing is called unknown. */
  markIncomplete(): void {
    this.#isComplete = false;
  }

  /** Why a reference to `name` is wrong; undefined when it is right or cannot be told. */
  faultOf(name: string): string | undefined {
    if (this.#places.has(name) || !this.#isComplete) return undefined;
    return `no ${this.#kind} named "${name}"${nameHint(name, this.#places.keys())}`;
  }
}

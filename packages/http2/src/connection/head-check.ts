import type { HeaderField } from "../hpack/header-field.js";
import { declaredLength, type HeaderFault } from "./header-rules.js";

/** Checks what opens a message. The list found good last is known again: peers send the same one again and again. */
export class HeadCheck {
  readonly #faultOf: (fields: readonly HeaderField[]) => HeaderFault;
  #checked: readonly HeaderField[] | undefined;
  /** Of the list found good last: the bytes its body will have, when it tells. */
  declaredLength: number | undefined;

  /** @param faultOf the rules of requests or those of responses */
  constructor(faultOf: (fields: readonly HeaderField[]) => HeaderFault) {
    this.#faultOf = faultOf;
  }

  faultOf(fields: readonly HeaderField[]): HeaderFault {
    if (fields === this.#checked) return undefined;
    const fault = this.#faultOf(fields);
    if (fault) return fault;
    const length = declaredLength(fields);
    if (Number.isNaN(length)) return "content-length is no length";
    this.#checked = fields;
    this.declaredLength = length;
    return undefined;
  }
}

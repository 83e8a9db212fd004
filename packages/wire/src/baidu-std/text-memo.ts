import { decodeText } from "./decode-text.js";

/** Reads texts of which one mostly comes after itself, names of methods say: what is known already is not decoded again. */
export class TextMemo {
  #bytes: Uint8Array = new Uint8Array(0);
  #text = "";

  /** The text; the same object as before for the same bytes. */
  read(bytes: Uint8Array): string {
    if (!isSame(bytes, this.#bytes)) {
      // A copy: the bytes may be part of something large.
      this.#bytes = Uint8Array.from(bytes);
      this.#text = decodeText(bytes);
    }
    return this.#text;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

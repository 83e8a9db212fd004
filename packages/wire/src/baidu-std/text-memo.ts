import { hasBytesAt } from "../protobuf/same-bytes.js";
import { decodeText } from "./decode-text.js";

/** Reads texts of which one mostly comes after itself, names of methods say: what is known already is not decoded again. */
export class TextMemo {
  #bytes: Uint8Array = new Uint8Array(0);
  #text = "";

  /** The text; the same object as before for the same bytes. */
  read(bytes: Uint8Array): string {
    if (bytes.length !== this.#bytes.length || !hasBytesAt(bytes, 0, this.#bytes)) {
      // A copy: the bytes may be part of something large.
      this.#bytes = Uint8Array.from(bytes);
      this.#text = decodeText(bytes);
    }
    return this.#text;
  }
}

import { createHmac, hkdfSync } from "node:crypto";

/** Bytes of a key: that of AES-256. */
export const keyBytes = 32;

/** Bytes of the id of a key. */
export const keyIdBytes = 8;

/**
 * A key for models. It shows itself to nobody: only copies of its bytes can be had, and whoever takes one wipes it.
 */
export class CipherKey {
  readonly #bytes: Uint8Array;

  /** Takes the array over. */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== keyBytes) throw new Error(`a key must have ${keyBytes} bytes, not ${bytes.length}`);
    this.#bytes = bytes;
  }

  /** An array of its own, which can be transferred to a thread. */
  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }

  /** Tells keys apart, and nothing of the key. */
  get id(): Uint8Array {
    const digest = createHmac("sha256", this.#bytes).update("paddlewheel model key id").digest();
    return digest.subarray(0, keyIdBytes);
  }

  /** The key of one file, so that no two files share a nonce. */
  fileKey(salt: Uint8Array): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#bytes, salt, "paddlewheel encrypted file 1", keyBytes));
  }

  /** Nothing can be read or written with it any more. */
  wipe(): void {
    this.#bytes.fill(0);
  }
}

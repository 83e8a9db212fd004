import { base64Length } from "./base64-length.js";

/** `base64.ts` where there are Buffers, which are some twenty times as fast. */
export function encodeBase64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

/** As in `base64.ts`. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  // Buffer steps over what is not base64, so any wrong character shows in the length.
  return bytes.length === base64Length(text) ? bytes : undefined;
}

import { base64Length } from "./base64-length.js";

/** Bytes that become characters at once: a multiple of 3, and few enough for the arguments of one call. */
const pieceSize = 0x3000;

/** The standard alphabet with padding, where there are no Buffers: in browsers. */
export function encodeBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += pieceSize) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(start, start + pieceSize))));
  }
  return pieces.join("");
}

/** The standard or the URL alphabet, with padding or without; undefined for what is not base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const length = base64Length(text);
  if (length === undefined || !/^[\w+/-]*={0,2}$/.test(text)) return undefined;
  const standard = text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  const characters = atob(standard);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

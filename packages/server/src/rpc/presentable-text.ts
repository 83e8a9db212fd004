import { maxStatusMessageSize } from "@paddlewheel/wire";

const controls = /\p{Cc}/gu;
const loneSurrogates = /\p{Surrogate}/gu;
const asIs = /^[\x20-\x24\x26-\x7e]$/;

/** Most messages: all of it is as it is in every encoding. */
const plain = /^(?! )[\x20-\x24\x26-\x7e]*(?<! )$/;

const ellipsis = "…";

/** Of a longer message the rest is not looked at. */
const maxReadLength = 2 * maxStatusMessageSize;

/**
 * A message as it may leave the process and be written to a log, whatever names of a caller it repeats: no control
 * characters, no halves of characters, and with `suffix` at most as long as gRPC's status message may be in the encoding
 * it has there, so that every transport tells the whole of it.
 */
export function presentableText(message: string, suffix = ""): string {
  const room = maxStatusMessageSize - suffix.length;
  if (message.length <= room && plain.test(message)) return message + suffix;
  const text = message.slice(0, maxReadLength).replace(controls, "?").replace(loneSurrogates, "");
  const isCut = message.length > maxReadLength || encodedSize(text) > room;
  return (isCut ? cut(text, room) : text) + suffix;
}

function cut(text: string, room: number): string {
  let left = room - sizeAtEnds - encodedSize(ellipsis);
  let kept = "";
  for (const character of text) {
    left -= sizeOf(character);
    if (left < 0) break;
    kept += character;
  }
  return kept + ellipsis;
}

/** Bytes in `grpc-message`, or few more. */
function encodedSize(text: string): number {
  let size = text.trim() === text ? 0 : sizeAtEnds;
  for (const character of text) size += sizeOf(character);
  return size;
}

/** What blanks at both ends take more than others. */
const sizeAtEnds = 4;

function sizeOf(character: string): number {
  return asIs.test(character) ? 1 : 3 * Buffer.byteLength(character);
}

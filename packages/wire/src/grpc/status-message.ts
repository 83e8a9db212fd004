/**
 * Bytes of an encoded `grpc-message`: peers take 8 KiB of trailers or less, and some wait for ever on an answer whose
 * trailers they dropped.
 */
export const maxStatusMessageSize = 1024;

const plainText = /^[\x20-\x24\x26-\x7e]*$/;
const percent = 0x25;

/**
 * A message as the value of `grpc-message`: UTF-8 with everything but printable ASCII, and `%`, percent-encoded. Cut
 * before the character that would pass `maxStatusMessageSize`. Lone surrogates become U+FFFD; blanks at both ends are
 * encoded too, because HTTP/2 allows none there. Source: gRPC's PROTOCOL-HTTP2.md.
 */
export function encodeStatusMessage(message: string): string {
  if (message.length <= maxStatusMessageSize && plainText.test(message) && message.trim() === message) {
    return message;
  }
  let encoded = "";
  let position = 0;
  for (const character of message) {
    const isAtEnd = position === 0 || position + 1 === message.length;
    const next = encodeCharacter(character, isAtEnd);
    if (encoded.length + next.length > maxStatusMessageSize) break;
    encoded += next;
    position += character.length;
  }
  // Where it was cut, a blank may have come to the end.
  return encoded.trimEnd();
}

function encodeCharacter(character: string, isAtEnd: boolean): string {
  if (character === " " && isAtEnd) return "%20";
  if (plainText.test(character)) return character;
  let encoded = "";
  for (const byte of Buffer.from(character))
    encoded += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return encoded;
}

/**
 * The message of a `grpc-message`, given as latin1 like all headers: UTF-8 that a sender forgot to encode is read too.
 * Never fails, as gRPC demands: a `%` without two hex digits stays as it is, bytes that are not UTF-8 become U+FFFD.
 */
export function decodeStatusMessage(value: string): string {
  if (plainText.test(value)) return value;
  const bytes = Buffer.from(value, "latin1");
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    const decoded = byte === percent ? hexByte(bytes[i + 1], bytes[i + 2]) : undefined;
    bytes[length++] = decoded ?? byte;
    if (decoded !== undefined) i += 2;
  }
  return bytes.toString("utf8", 0, length);
}

function hexByte(high: number | undefined, low: number | undefined): number | undefined {
  const digits = String.fromCharCode(high ?? 0, low ?? 0);
  return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

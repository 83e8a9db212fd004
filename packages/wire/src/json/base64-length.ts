/** Bytes that a text of so many characters stands for, with padding or without; undefined when no base64 is so long. */
export function base64Length(text: string): number | undefined {
  const length = text.endsWith("==") ? text.length - 2 : text.endsWith("=") ? text.length - 1 : text.length;
  return length % 4 === 1 ? undefined : Math.floor((length * 3) / 4);
}

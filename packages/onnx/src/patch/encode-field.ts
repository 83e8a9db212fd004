/** The beginning of a protobuf field of bytes: its tag, below 128, and its length. */
export function encodeField(tag: number, length: number): Uint8Array {
  return Uint8Array.of(tag, ...encodeVarint(length));
}

export function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

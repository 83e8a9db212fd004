const maxFloat32 = 3.4028234663852886e38;

/** The digits of a finite float32 that bring it back, 6 where they do and else 9, as protobuf writes it. */
export function float32Text(value: number): string {
  if (value === 0) return numberText(value);
  const short = Number(value.toPrecision(6));
  if (Math.fround(short) === value) return String(short);
  const long = Number(value.toPrecision(9));
  // Some readers refuse what lies beyond the largest by the last digit.
  return String(Math.abs(long) > maxFloat32 ? value : long);
}

/** The digits of a finite double; -0 keeps its sign. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

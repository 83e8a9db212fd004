import fc from "fast-check";

/** Names that need quotes in YAML or escapes in prototxt, and ones that look like other types. */
export const name: fc.Arbitrary<string> = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }).filter((value) => /^(?!\s)[^,\p{Cc}]+(?<!\s)$/u.test(value)),
  fc.constantFrom(
    "true",
    "null",
    "~",
    "12",
    "0x1F",
    "no",
    "a: b",
    "# c",
    "ünïcode",
    "'q\"",
    "- x",
    "*a",
    "&a",
  ),
);

/** A name, or any text: line ends, control characters and characters outside the basic plane among it. */
export const text: fc.Arbitrary<string> = fc.oneof(
  name,
  fc.string({ maxLength: 20 }),
  fc.string({ maxLength: 20, unit: "binary" }),
  fc.constantFrom("a\nb", "\n", "a\n\n", "  a\n b\n", "a\r\nb", "\t", "\ta\n", "", " a ", "\u2028", "\u0085"),
);

export function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

export function uniqueNames(minLength: number, maxLength: number): fc.Arbitrary<string[]> {
  return fc.uniqueArray(name, { minLength, maxLength });
}

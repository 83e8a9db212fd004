import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import fc from "fast-check";
import {
  decodeBinaryHeader,
  decodeMetadata,
  encodeBinaryHeader,
  encodeMetadata,
  isReservedHeader,
  type MetadataEntry,
  type MetadataHeader,
} from "./metadata.js";

const nameCharacters = fc.constantFrom(..."abcxyz0189_.-");
const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
});
const name = fc.string({ unit: nameCharacters, minLength: 1, maxLength: 12 }).map((text) => `x${text}`);
const entry: fc.Arbitrary<MetadataEntry> = fc.oneof(
  fc.record({
    name: name.filter((text) => !text.endsWith("-bin")),
    value: printable.map((text) => text.trim()),
  }),
  fc.record({
    name: name.map((text) => `${text}-bin`),
    value: fc.uint8Array({ maxLength: 40 }),
  }),
);

/** Bytes as Uint8Array, whatever class they came in. */
function plain(entries: readonly MetadataEntry[]): MetadataEntry[] {
  return entries.map(({ name, value }) => ({
    name,
    value: typeof value === "string" ? value : Uint8Array.from(value),
  }));
}

describe("metadata", () => {
  test("is the same after it was sent", () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        assert.deepEqual(plain(decodeMetadata(encodeMetadata(entries))), plain(entries));
      }),
    );
  });

  test("is the same when a proxy joined the -bin headers of one name", () => {
    const values = fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.constantFrom(",", ", "), (items, comma) => {
        const joined = { name: "x-bin", value: items.map(encodeBinaryHeader).join(comma) };
        assert.deepEqual(
          plain(decodeMetadata([joined])),
          items.map((value) => ({ name: "x-bin", value })),
        );
      }),
    );
  });
});

describe("encodeMetadata", () => {
  test("writes bytes as base64 without padding and drops blanks around texts", () => {
    assert.deepEqual(
      encodeMetadata([
        { name: "trace-bin", value: Uint8Array.of(1) },
        { name: "x-id", value: " a b " },
        { name: "x-id", value: "" },
      ]),
      [
        { name: "trace-bin", value: "AQ" },
        { name: "x-id", value: "a b" },
        { name: "x-id", value: "" },
      ],
    );
  });

  const bytes = Uint8Array.of(1);
  const cases: readonly (readonly [readonly [name: string, value: string | Uint8Array], string])[] = [
    [["X-Id", "a"], 'metadata "X-Id": a name is made of a-z, 0-9, _, - and .'],
    [["", "a"], 'metadata "": a name is made of a-z, 0-9, _, - and .'],
    [[":path", "a"], 'metadata ":path": a name is made of a-z, 0-9, _, - and .'],
    [["a\n", "a"], 'metadata "a\\n": a name is made of a-z, 0-9, _, - and .'],
    [["grpc-timeout", "1S"], 'metadata "grpc-timeout": the name is reserved'],
    [["grpc-x-bin", bytes], 'metadata "grpc-x-bin": the name is reserved'],
    [["te", "a"], 'metadata "te": the name is reserved'],
    [["x-bin", "a"], 'metadata "x-bin": the value must be bytes, as the name ends with -bin'],
    [["x", bytes], 'metadata "x": the name must end with -bin, as the value is bytes'],
    [["x", "ü"], 'metadata "x": the value must be printable ASCII; end the name with -bin to send bytes'],
    [
      ["x", "a\r\nb: c"],
      'metadata "x": the value must be printable ASCII; end the name with -bin to send bytes',
    ],
  ];
  for (const [[name, value], message] of cases) {
    test(`refuses ${JSON.stringify(name)} with ${JSON.stringify(value)}`, () => {
      assert.throws(() => encodeMetadata([{ name, value }]), { code: Code.invalidArgument, message });
    });
  }
});

describe("decodeMetadata", () => {
  test("leaves out what is not the application's, and texts it could not send on", () => {
    const pairs = [
      [":path", "/s/m"],
      ["te", "trailers"],
      ["content-type", "application/grpc"],
      ["grpc-encoding", "gzip"],
      ["grpc-status-details-bin", "!"],
      ["x-name", "caf\u00e9"],
      ["x y", "a"],
      ["x-id", "7"],
    ] as const;
    const headers: MetadataHeader[] = pairs.map(([name, value]) => ({ name, value }));
    assert.deepEqual(decodeMetadata(headers), [{ name: "x-id", value: "7" }]);
  });

  test("gives whatever it lets through in a form that can be sent on", () => {
    const header = fc.record({
      name: fc.oneof(name, fc.constantFrom("te", ":path", "__proto__", "a b")),
      value: fc.string({ unit: "binary" }),
    });
    fc.assert(
      fc.property(fc.array(header), (headers) => {
        const texts = headers.filter(({ name }) => !name.endsWith("-bin"));
        assert.doesNotThrow(() => encodeMetadata(decodeMetadata(texts)));
      }),
    );
  });
});

describe("decodeBinaryHeader", () => {
  for (const [value, text] of [
    ["", ""],
    ["YQ", "a"],
    ["YQ==", "a"],
    ["YWI", "ab"],
    ["YWI=", "ab"],
    ["YWJj", "abc"],
    [" YWJj ", "abc"],
  ] as const) {
    test(`reads ${JSON.stringify(value)}`, () => {
      assert.equal(Buffer.from(decodeBinaryHeader("x-bin", value)).toString(), text);
    });
  }

  for (const value of ["Y", "YWJjY", "YQ=", "YWJj=", "Y===", "=", "Y Q", "YW-_", "YQ==YQ==", "é"]) {
    test(`refuses ${JSON.stringify(value)}`, () => {
      assert.throws(() => decodeBinaryHeader("x-bin", value), {
        code: Code.malformedRequest,
        message: `metadata "x-bin": ${JSON.stringify(value)} is not base64`,
      });
    });
  }
});

test("names of gRPC, HTTP and the connection are reserved", () => {
  for (const reserved of ["grpc-", "grpc-future", ":status", "te", "host", "connection"]) {
    assert.equal(isReservedHeader(reserved), true, reserved);
  }
  for (const free of ["authorization", "log-id", "x-grpc-", "tea"])
    assert.equal(isReservedHeader(free), false, free);
});

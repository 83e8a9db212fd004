import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, ServeError, type TextForm } from "@paddlewheel/core";
import fc from "fast-check";
import protojson from "protobufjs/ext/protojson.js";
import textformat from "protobufjs/ext/textformat.js";
import {
  arbitraryEveryType,
  everyTypeCodec,
  everyTypeOracle,
  withoutNegativeZeros,
} from "../testing/every-type.js";

type Message = Record<string, unknown>;

/** A form beside protobufjs's own reading and writing of it. */
const forms: readonly {
  readonly name: string;
  readonly form: TextForm<object> | undefined;
  readonly read: (text: string) => Message;
  readonly write: (message: Message) => string;
  /** What protobufjs itself keeps. */
  readonly kept: (message: object) => unknown;
}[] = [
  {
    name: "JSON",
    form: everyTypeCodec.protoJson,
    read: (text) => protojson.fromJsonString(everyTypeOracle, text) as unknown as Message,
    write: (message) => protojson.toJsonString(everyTypeOracle, message),
    kept: withoutNegativeZeros,
  },
  {
    name: "text format",
    form: everyTypeCodec.protoText,
    read: (text) => textformat.fromText(everyTypeOracle, text) as unknown as Message,
    write: (message) => textformat.toText(everyTypeOracle, message),
    kept: (message) => message,
  },
];

for (const { name, form, read, write, kept } of forms) {
  assert.ok(form);
  describe(`protobuf's ${name} of a message with every type of field`, () => {
    it("is read by protobufjs as the same message", () => {
      fc.assert(
        fc.property(arbitraryEveryType, (message) => {
          const bytes = everyTypeOracle.encode(read(form.encode(message))).finish();
          assert.deepEqual(kept(everyTypeCodec.decode(bytes)), kept(message));
        }),
        { numRuns: 200 },
      );
    });

    it("is read as protobufjs writes it", () => {
      fc.assert(
        fc.property(arbitraryEveryType, (message) => {
          const theirs = everyTypeOracle.decode(everyTypeCodec.encode(message)) as unknown as Message;
          assert.deepEqual(kept(form.decode(write(theirs))), kept(message));
        }),
        { numRuns: 200 },
      );
    });

    it("is read as it is written, every bit", () => {
      fc.assert(
        fc.property(arbitraryEveryType, (message) => {
          assert.deepEqual(form.decode(form.encode(message)), message);
        }),
        { numRuns: 200 },
      );
    });

    it("is a message or a ServeError, whatever the text", () => {
      const mutated = fc
        .tuple(
          arbitraryEveryType,
          fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 2 })), { maxLength: 4 }),
        )
        .map(([message, changes]) => {
          let text = form.encode(message);
          for (const [at, piece] of changes) {
            const cut = at % (text.length + 1);
            text = text.slice(0, cut) + piece + text.slice(cut + 1);
          }
          return text;
        });
      fc.assert(
        fc.property(fc.oneof(fc.string(), mutated), (text) => {
          let message: object;
          try {
            message = form.decode(text);
          } catch (error) {
            assert.ok(error instanceof ServeError && error.code === Code.malformedRequest, String(error));
            return;
          }
          everyTypeCodec.encode(message);
        }),
        { numRuns: 3000 },
      );
    });
  });
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import {
  arbitraryEveryType as arbitraryMessage,
  everyTypeObject,
  everyTypeOracle as oracle,
  everyTypeCodec as request,
  withoutNegativeZeros,
} from "../testing/every-type.js";

describe("a message with every type of field", () => {
  it("has the bytes protobufjs writes, and reads them back", () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const bytes = oracle.encode(oracle.fromObject(everyTypeObject(message))).finish();
        assert.deepEqual(Buffer.from(request.encode(message)), Buffer.from(bytes));
        assert.deepEqual(request.decode(bytes), message);
      }),
      { numRuns: 200 },
    );
  });

  it("reads the JSON it writes, but that -0 is 0", () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const read = request.decodeJson(request.encodeJson(message));
        assert.deepEqual(withoutNegativeZeros(read), withoutNegativeZeros(message));
      }),
      { numRuns: 200 },
    );
  });

  it("reads any bytes as a message or as a ServeError, and writes what it reads", () => {
    const mutated = fc.tuple(arbitraryMessage, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }));
    const arbitraryBytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      mutated.map(([message, changes]) => {
        const bytes = request.encode(message);
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(arbitraryBytes, (bytes) => {
        let message: object;
        try {
          message = request.decode(bytes);
        } catch (error) {
          assert.ok(error instanceof ServeError && error.code === Code.malformedRequest, String(error));
          return;
        }
        assert.deepEqual(request.decode(request.encode(message)), message);
      }),
      { numRuns: 3000 },
    );
  });

  it("reads any JSON as a message or as a ServeError", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc
            .dictionary(fc.constantFrom(...request.fields.map((one) => one.protoName)), fc.jsonValue(), {
              maxKeys: 2,
            })
            .map((one) => JSON.stringify(one)),
        ),
        (json) => {
          try {
            request.encode(request.decodeJson(json));
          } catch (error) {
            assert.ok(error instanceof ServeError && error.code === Code.malformedRequest, String(error));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

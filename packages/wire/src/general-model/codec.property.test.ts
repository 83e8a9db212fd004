import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { arbitraryRequest, arbitraryResponse } from "../testing/arbitrary-message.js";
import { type Choose, loosen, requestShape, responseShape } from "../testing/loosen.js";
import { oracleDecode, oracleEncode, requestObject, responseObject } from "../testing/oracle.js";
import type { GeneralRequest, GeneralResponse } from "./message.js";
import { generalRequestCodec } from "./request-codec.js";
import { generalResponseCodec } from "./response-codec.js";

describe("the codecs of GeneralModelService, on random messages", () => {
  it("read what protobufjs writes", () => {
    forAllMessages({
      request(request) {
        const bytes = oracleEncode("Request", requestObject(request));
        assert.deepEqual(generalRequestCodec.decode(bytes), request);
      },
      response(response) {
        const bytes = oracleEncode("Response", responseObject(response));
        assert.deepEqual(generalResponseCodec.decode(bytes), response);
      },
    });
  });

  it("write the bytes protobufjs writes", () => {
    forAllMessages({
      request(request) {
        const bytes = generalRequestCodec.encode(request);
        assert.deepEqual(Buffer.from(bytes), Buffer.from(oracleEncode("Request", requestObject(request))));
        assert.deepEqual(oracleDecode("Request", bytes), requestObject(request));
      },
      response(response) {
        const bytes = generalResponseCodec.encode(response);
        assert.deepEqual(Buffer.from(bytes), Buffer.from(oracleEncode("Response", responseObject(response))));
        assert.deepEqual(oracleDecode("Response", bytes), responseObject(response));
      },
    });
  });

  it("read fields in any order, lists in pieces or value by value, between unknown fields, at any address", () => {
    forAllMessages({
      request(request, choose) {
        const bytes = loosen(generalRequestCodec.encode(request), requestShape, choose);
        assert.deepEqual(generalRequestCodec.decode(atOffset(bytes, choose(8))), request);
      },
      response(response, choose) {
        const bytes = loosen(generalResponseCodec.encode(response), responseShape, choose);
        assert.deepEqual(generalResponseCodec.decode(atOffset(bytes, choose(8))), response);
      },
    });
  });

  it("read the JSON they write", () => {
    forAllMessages({
      request(request) {
        const json = generalRequestCodec.encodeJson(request);
        assert.deepEqual(generalRequestCodec.decodeJson(json), withoutNegativeZeros(request));
      },
      response(response) {
        const json = generalResponseCodec.encodeJson(response);
        assert.deepEqual(generalResponseCodec.decodeJson(json), withoutNegativeZeros(response));
      },
    });
  });
});

interface Properties {
  request(request: GeneralRequest, choose: Choose): void;
  response(response: GeneralResponse, choose: Choose): void;
}

function forAllMessages({ request, response }: Properties): void {
  fc.assert(fc.property(arbitraryRequest, arbitraryChoose, request), { numRuns: 200 });
  fc.assert(fc.property(arbitraryResponse, arbitraryChoose, response), { numRuns: 200 });
}

const arbitraryChoose: fc.Arbitrary<Choose> = fc
  .infiniteStream(fc.nat(0xffff))
  .map((stream) => (below) => (stream.next().value ?? 0) % below);

/** The same bytes where a view of them begins at `offset` of its buffer. */
function atOffset(bytes: Uint8Array, offset: number): Uint8Array {
  const view = new Uint8Array(new ArrayBuffer(bytes.length + offset), offset);
  view.set(bytes);
  return view;
}

/** JSON.stringify writes -0 as 0. */
function withoutNegativeZeros<T extends GeneralRequest | GeneralResponse>(message: T): T {
  const copy = structuredClone(message);
  const tensors = "tensors" in copy ? copy.tensors : copy.outputs.flatMap((output) => output.tensors);
  for (const { data } of tensors) {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) continue;
    for (let i = 0; i < data.length; i++) if (data[i] === 0) data[i] = 0;
  }
  return copy;
}

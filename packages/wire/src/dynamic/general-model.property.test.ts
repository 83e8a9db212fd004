import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Code, type MessageCodec, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { generalRequestCodec } from "../general-model/request-codec.js";
import { generalResponseCodec } from "../general-model/response-codec.js";
import { arbitraryRequest, arbitraryResponse } from "../testing/arbitrary-message.js";
import { type Choose, loosen, requestShape, responseShape } from "../testing/loosen.js";
import { loadProtoService } from "./load-proto-service.js";

const file = fileURLToPath(
  new URL("../../../../protos/paddle_serving/general_model_service.proto", import.meta.url),
);
const [method] = loadProtoService({ file }).methods;
assert.ok(method);
const pairs = [
  { byHand: generalRequestCodec, generic: method.request, messages: arbitraryRequest, shape: requestShape },
  {
    byHand: generalResponseCodec,
    generic: method.response,
    messages: arbitraryResponse,
    shape: responseShape,
  },
] as {
  byHand: MessageCodec<unknown>;
  generic: MessageCodec<unknown>;
  messages: fc.Arbitrary<unknown>;
  shape: typeof requestShape;
}[];

const arbitraryChoose: fc.Arbitrary<Choose> = fc
  .infiniteStream(fc.nat(0xffff))
  .map((stream) => (below) => (stream.next().value ?? 0) % below);

describe("the codecs of a loaded .proto and those of GeneralModelService by hand, on random messages", () => {
  for (const { byHand, generic, messages, shape } of pairs) {
    it(`write the same bytes (${byHand.typeName})`, () => {
      fc.assert(
        fc.property(messages, arbitraryChoose, (message, choose) => {
          const bytes = byHand.encode(message);
          const loose = loosen(bytes, shape, choose);
          assert.deepEqual(Buffer.from(generic.encode(generic.decode(bytes))), Buffer.from(bytes));
          assert.deepEqual(Buffer.from(generic.encode(generic.decode(loose))), Buffer.from(bytes));
        }),
        { numRuns: 200 },
      );
    });

    it(`write the same JSON, and read it the same (${byHand.typeName})`, () => {
      fc.assert(
        fc.property(messages, (message) => {
          const json = byHand.encodeJson(message);
          assert.equal(generic.encodeJson(generic.decode(byHand.encode(message))), json);
          const read = generic.decodeJson(json);
          assert.deepEqual(
            Buffer.from(generic.encode(read)),
            Buffer.from(byHand.encode(byHand.decodeJson(json))),
          );
        }),
        { numRuns: 200 },
      );
    });

    it(`refuse the same broken bytes in the same words (${byHand.typeName})`, () => {
      let refused = 0;
      fc.assert(
        fc.property(messages, arbitraryChoose, (message, choose) => {
          const bytes = Buffer.from(byHand.encode(message));
          if (bytes.length === 0) return;
          const broken = choose(2) === 0 ? bytes.subarray(0, choose(bytes.length)) : bytes;
          if (broken === bytes) bytes[choose(bytes.length)] = choose(256);
          const expected = refusal(() => byHand.decode(broken));
          // Whether a tensor makes sense is known by hand only, where a wrong text waits for the name of its tensor.
          if (expected?.code !== Code.malformedRequest) return;
          const actual = refusal(() => generic.decode(broken))?.message;
          if (actual?.startsWith("Tensor.data: the text")) return;
          refused++;
          assert.equal(actual, expected.message);
        }),
        { numRuns: 1000 },
      );
      assert.ok(refused > 50, String(refused));
    });
  }

  const wrongJson = [
    "[]",
    "{",
    '{"tensor":5}',
    '{"tensor":[5]}',
    '{"tensor":[{"shape":[1.5]}]}',
    '{"tensor":[{"shape":[5000000000]}]}',
    '{"tensor":[{"int64_data":[9223372036854775808]}]}',
    '{"tensor":[{"int64_data":[1e30]}]}',
    '{"tensor":[{"uint32_data":[-1]}]}',
    '{"tensor":[{"float_data":[1e300]}]}',
    '{"tensor":[{"float_data":["x"]}]}',
    '{"tensor":[{"float64_data":[1e999]}]}',
    '{"tensor":[{"bool_data":[1]}]}',
    '{"tensor":[{"data":["a",null]}]}',
    '{"tensor":[{"data":["\\ud800"]}]}',
    '{"tensor":[{"tensor_content":"*"}]}',
    '{"tensor":[{"name":5}]}',
    '{"fetch_var_names":[5]}',
    '{"profile_server":1}',
    '{"log_id":18446744073709551616}',
    `${"[".repeat(101)}${"]".repeat(101)}`,
  ];
  for (const json of wrongJson) {
    it(`refuse the same JSON in the same words: ${json.slice(0, 60)}`, () => {
      const expected = refusal(() => generalRequestCodec.decodeJson(json));
      assert.equal(expected?.code, Code.malformedRequest);
      assert.equal(refusal(() => method.request.decodeJson(json))?.message, expected.message);
    });
  }
});

function refusal(work: () => unknown): ServeError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ServeError, String(error));
    return error;
  }
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, type MessageCodec } from "@paddlewheel/core";
import fc from "fast-check";
import { arbitraryRequest, arbitraryResponse } from "../testing/arbitrary-message.js";
import { generalRequestCodec } from "./request-codec.js";
import { generalResponseCodec } from "./response-codec.js";

const forms = ["protoJson", "protoText"] as const;
const pairs: readonly (readonly [codec: MessageCodec<object>, messages: fc.Arbitrary<object>])[] = [
  [generalRequestCodec as MessageCodec<object>, arbitraryRequest],
  [generalResponseCodec as MessageCodec<object>, arbitraryResponse],
];

describe("protobuf's text forms of GeneralModelService's messages", () => {
  for (const [codec, messages] of pairs) {
    for (const name of forms) {
      it(`are read as they are written (${codec.typeName}, ${name})`, () => {
        const form = codec[name];
        assert.ok(form);
        fc.assert(
          fc.property(messages, (message) => {
            assert.deepEqual(form.decode(form.encode(message)), message);
          }),
          { numRuns: 200 },
        );
      });
    }
  }

  const tensor = {
    name: "x",
    aliasName: "a",
    dtype: "int64",
    shape: [1],
    data: BigInt64Array.of(5n),
  } as const;
  const request = { tensors: [tensor], fetchVarNames: ["price"], profileServer: false, logId: 9n };

  it("have the names and values that protobuf gives them", () => {
    assert.equal(
      generalRequestCodec.protoJson?.encode(request),
      '{"tensor":[{"int64Data":["5"],"shape":[1],"name":"x","aliasName":"a"}],"fetchVarNames":["price"],"logId":"9"}',
    );
    assert.equal(
      generalRequestCodec.protoText?.encode(request),
      'tensor {\n  int64_data: 5\n  shape: 1\n  name: "x"\n  alias_name: "a"\n}\nfetch_var_names: "price"\nlog_id: 9\n',
    );
  });

  it("follow the rules of tensors, in the same words", () => {
    const expected = {
      code: Code.invalidArgument,
      message:
        'tensor "x": elem_type 1 (float32) wants float_data, but int64_data holds 1 value; set elem_type to 0 for int64',
    };
    const json = '{"tensor":[{"int64Data":["5"],"elemType":1,"shape":[1],"name":"x"}]}';
    assert.throws(() => generalRequestCodec.protoJson?.decode(json), expected);
    const text = 'tensor { int64_data: 5 elem_type: 1 shape: 1 name: "x" }';
    assert.throws(() => generalRequestCodec.protoText?.decode(text), expected);
  });

  it("name what is malformed", () => {
    assert.throws(() => generalRequestCodec.protoText?.decode("tensor {\n shape: a }"), {
      code: Code.malformedRequest,
      message: 'line 2: tensor[0].shape[0]: "a" is no value of int32',
    });
    assert.throws(() => generalResponseCodec.protoJson?.decode('{"errNo":"x"}'), {
      code: Code.malformedRequest,
      message: 'err_no: "x" is not a number',
    });
  });
});

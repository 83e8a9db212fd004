import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@paddlewheel/core";
import { generalRequestCodec } from "./request-codec.js";
import { generalResponseCodec } from "./response-codec.js";

const digits30 = "123456789012345678901234567890";

const malformed: readonly (readonly [json: string, message: string])[] = [
  ["[]", "the request: a list is not an object"],
  ["7", "the request: 7 is not an object"],
  ["null", "the request: null is not an object"],
  ["12345678901234567", "the request: 12345678901234568 is not an object"],
  ['{"tensor": {}}', "tensor: an object is not a list"],
  ['{"tensor": 5}', "tensor: 5 is not a list"],
  ['{"tensor": [5]}', "tensor[0]: 5 is not an object"],
  ['{"tensor": [12345678901234567]}', "tensor[0]: 12345678901234567 is not an object"],
  ['{"tensor": [null]}', "tensor[0]: null is not an object"],
  ['{"tensor": [{}, {"name": 5}]}', 'tensor "": shape [] wants 1 elements, the data has 0'],
  ['{"tensor": [{"name": 5}]}', "tensor[0].name: 5 is not a string"],
  ['{"tensor": [{"name": 12345678901234567}]}', "tensor[0].name: 12345678901234567 is not a string"],
  ['{"tensor": [{"alias_name": ["a"]}]}', "tensor[0].alias_name: a list is not a string"],
  ['{"tensor": [{"elem_type": "1"}]}', 'tensor[0].elem_type: "1" is not a number'],
  ['{"tensor": [{"elem_type": 1.5}]}', "tensor[0].elem_type: 1.5 is not a whole number"],
  ['{"tensor": [{"elem_type": 2147483648}]}', "tensor[0].elem_type: 2147483648 is outside int32"],
  ['{"tensor": [{"shape": 3}]}', "tensor[0].shape: 3 is not a list"],
  ['{"tensor": [{"shape": [1, null]}]}', "tensor[0].shape[1]: null is not a number"],
  ['{"tensor": [{"float_data": [1, 2, 3, "abc"]}]}', 'tensor[0].float_data[3]: "abc" is not a number'],
  ['{"tensor": [{"float_data": ["1"]}]}', 'tensor[0].float_data[0]: "1" is not a number'],
  [
    '{"tensor": [{"float_data": ["1234567890123456"]}]}',
    'tensor[0].float_data[0]: "1234567890123456" is not a number',
  ],
  ['{"tensor": [{"float_data": [true]}]}', "tensor[0].float_data[0]: true is not a number"],
  ['{"tensor": [{"float_data": [[1, 2]]}]}', "tensor[0].float_data[0]: a list is not a number"],
  ['{"tensor": [{"float_data": [1e400]}]}', "tensor[0].float_data[0]: the number is outside float64"],
  ['{"tensor": [{"float64_data": [-1e400]}]}', "tensor[0].float64_data[0]: the number is outside float64"],
  ['{"tensor": [{"float_data": [1e39]}]}', "tensor[0].float_data[0]: 1e+39 is outside float32"],
  [
    `{"tensor": [{"float_data": [${digits30}0000000000]}]}`,
    `tensor[0].float_data[0]: ${digits30}0000000000 is outside float32`,
  ],
  ['{"tensor": [{"int_data": [1.5]}]}', "tensor[0].int_data[0]: 1.5 is not a whole number"],
  ['{"tensor": [{"int_data": [3000000000]}]}', "tensor[0].int_data[0]: 3000000000 is outside int32"],
  [
    '{"tensor": [{"int_data": [12345678901234567]}]}',
    "tensor[0].int_data[0]: 12345678901234567 is outside int32",
  ],
  ['{"tensor": [{"uint32_data": [-1]}]}', "tensor[0].uint32_data[0]: -1 is outside uint32"],
  ['{"tensor": [{"int64_data": ["abc"]}]}', 'tensor[0].int64_data[0]: "abc" is not a whole number'],
  ['{"tensor": [{"int64_data": [""]}]}', 'tensor[0].int64_data[0]: "" is not a whole number'],
  ['{"tensor": [{"int64_data": [1.5]}]}', "tensor[0].int64_data[0]: 1.5 is not a whole number"],
  ['{"tensor": [{"int64_data": [false]}]}', "tensor[0].int64_data[0]: false is not a whole number"],
  [
    '{"tensor": [{"int64_data": [9223372036854775808]}]}',
    "tensor[0].int64_data[0]: 9223372036854775808 is outside int64",
  ],
  [`{"tensor": [{"int64_data": [${digits30}]}]}`, `tensor[0].int64_data[0]: ${digits30} is outside 64 bits`],
  [
    '{"tensor": [{"int64_data": [1e17]}]}',
    "tensor[0].int64_data[0]: 100000000000000000 may have lost digits; write all of them, without an exponent",
  ],
  ['{"tensor": [{"bool_data": [1]}]}', "tensor[0].bool_data[0]: 1 is neither true nor false"],
  ['{"tensor": [{"data": ["a", 5]}]}', "tensor[0].data[1]: 5 is not a string"],
  ['{"tensor": [{"data": ["\\ud800"]}]}', "tensor[0].data[0]: half of a surrogate pair is not text"],
  ['{"tensor": [{"tensor_content": "a b="}]}', "tensor[0].tensor_content: is not base64"],
  ['{"tensor": [{"tensor_content": "AAAAA"}]}', "tensor[0].tensor_content: is not base64"],
  ['{"tensor": [{"tensor_content": "AA==AA=="}]}', "tensor[0].tensor_content: is not base64"],
  ['{"tensor": [{"tensor_content": [1, 2]}]}', "tensor[0].tensor_content: a list is not a string"],
  ['{"fetch_var_names": "price"}', 'fetch_var_names: "price" is not a list'],
  ['{"fetch_var_names": ["price", {}]}', "fetch_var_names[1]: an object is not a string"],
  ['{"profile_server": "true"}', 'profile_server: "true" is neither true nor false'],
  ['{"log_id": -1}', "log_id: -1 is outside uint64"],
  ['{"log_id": 18446744073709551616}', "log_id: 18446744073709551616 is outside uint64"],
  [`{"log_id": "${"x".repeat(60)}"}`, `log_id: "${"x".repeat(39)}… is not a whole number`],
];

describe("JSON that is no request", () => {
  for (const [json, message] of malformed) {
    it(`is refused: ${message}`, () => {
      const code = message.startsWith("tensor ") ? Code.invalidArgument : Code.malformedRequest;
      assert.throws(() => generalRequestCodec.decodeJson(json), { name: "ServeError", code, message });
    });
  }
});

describe("JSON that is no response", () => {
  it("is refused with the path inside", () => {
    const json = '{"outputs": [{}, {"tensor": [{"float_data": ["a"]}]}]}';
    assert.throws(() => generalResponseCodec.decodeJson(json), {
      code: Code.malformedRequest,
      message: 'outputs[1].tensor[0].float_data[0]: "a" is not a number',
    });
    assert.throws(() => generalResponseCodec.decodeJson('{"outputs": [5]}'), {
      code: Code.malformedRequest,
      message: "outputs[0]: 5 is not an object",
    });
  });
});

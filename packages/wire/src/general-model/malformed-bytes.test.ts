import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@paddlewheel/core";
import { generalRequestCodec } from "./request-codec.js";
import { generalResponseCodec } from "./response-codec.js";

/** Hex of a Request that is none. */
const malformed: readonly (readonly [hex: string, message: string])[] = [
  ["80", "Request: the varint at byte 0 is cut off"],
  ["20", "Request.log_id: the varint at byte 1 is cut off"],
  ["20ffffffffffffffffffff01", "Request.log_id: the varint at byte 1 is longer than 10 bytes"],
  ["808080808010", "Request: the tag at byte 0 is longer than 32 bits"],
  ["0001", "Request: field number 0 at byte 0"],
  ["2001 0700", "Request: field number 0 at byte 2"],
  ["2b", "Request.field 5: wire type 3 at byte 0, which proto3 does not have"],
  ["2001 1b1c", "Request.profile_server: wire type 3 at byte 2, must be 0"],
  ["2e", "Request.field 5: wire type 6 at byte 0, which proto3 does not have"],
  ["2f", "Request.field 5: wire type 7 at byte 0, which proto3 does not have"],
  ["a2060500", "Request.field 100: the length at byte 2 is 5, more than the 1 left"],
  ["a1060500", "Request.field 100: the value at byte 2 wants 8 bytes, more than the 2 left"],
  ["0801", "Request.tensor: wire type 0 at byte 0, must be 2"],
  ["1a00", "Request.profile_server: wire type 2 at byte 0, must be 0"],
  ["1205 6162", "Request.fetch_var_names: the length at byte 1 is 5, more than the 2 left"],
  ["12ffffffff7f 61", "Request.fetch_var_names: the length at byte 1 is 34359738367, more than the 1 left"],
  ["1202 61ff", "Request.fetch_var_names: the text at byte 1 is not UTF-8"],
  ["1202 c080", "Request.fetch_var_names: the text at byte 1 is not UTF-8"],
  ["1203 eda080", "Request.fetch_var_names: the text at byte 1 is not UTF-8"],
  ["0a05 12030000", "Request.tensor: the length at byte 1 is 5, more than the 4 left"],
  ["0a03 1203000000 00", "Tensor.float_data: the length at byte 3 is 3, more than the 1 left"],
  ["0a05 1203000000", "Tensor.float_data: 3 bytes at byte 3 are no list of 4-byte values"],
  ["0a06 220400000000", "Tensor.float64_data: 4 bytes at byte 3 are no list of 8-byte values"],
  ["0a03 150000", "Tensor.float_data: the value at byte 3 wants 4 bytes, more than the 2 left"],
  ["0a02 1001", "Tensor.float_data: wire type 0 at byte 2, must be 2"],
  ["0a05 5801 5d00 00", "Tensor.shape: wire type 5 at byte 4, must be 2"],
  ["0a03 0a0180", "Tensor.int64_data: the varint at byte 4 is cut off"],
  ["0a05 0a03018080", "Tensor.int64_data: the varint at byte 5 is cut off"],
  ["0a0e 0a0c01ffffffffffffffffffff01", "Tensor.int64_data: the varint at byte 5 is longer than 10 bytes"],
  [
    "0a0d 4a0161 4a02c328 4a01ff 6a0173",
    'tensor "s": data[1] is not UTF-8 text; raw bytes go as elem_type 7 (uint8) into tensor_content',
  ],
];

describe("bytes that are no Request", () => {
  for (const [hex, message] of malformed) {
    it(`are refused: ${message}`, () => {
      const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
      assert.throws(() => generalRequestCodec.decode(bytes), {
        name: "ServeError",
        code: Code.malformedRequest,
        message,
      });
    });
  }
});

describe("bytes that are no Response", () => {
  it("are refused with the message and field inside", () => {
    assert.throws(() => generalResponseCodec.decode(Buffer.from("0a040a026a05", "hex")), {
      code: Code.malformedRequest,
      message: "Tensor.name: the length at byte 5 is 5, more than the 0 left",
    });
    assert.throws(() => generalResponseCodec.decode(Buffer.from("10011001120180", "hex")), {
      code: Code.malformedRequest,
      message: "Response.profile_time: the varint at byte 6 is cut off",
    });
  });
});

describe("bytes that are a Request in an unusual way", () => {
  it("may hold varints longer than they need be", () => {
    const request = generalRequestCodec.decode(Buffer.from("2085808080808080808000188000", "hex"));
    assert.equal(request.logId, 5n);
    assert.equal(request.profileServer, false);
  });

  it("may say a scalar twice: the last counts", () => {
    assert.equal(generalRequestCodec.decode(Buffer.from("20012002", "hex")).logId, 2n);
  });

  it("may hold a bool above 1, and above 32 bits", () => {
    assert.equal(generalRequestCodec.decode(Buffer.from("1880808080808001", "hex")).profileServer, true);
  });

  it("may cut int32 values to 32 bits", () => {
    // shape [1] with bits above the 32nd, int_data [-1] in five bytes
    const bytes = Buffer.from("0a11 5a06818080808001 5002 1a05ffffffff0f".replaceAll(" ", ""), "hex");
    const [tensor] = generalRequestCodec.decode(bytes).tensors;
    assert.deepEqual(tensor?.shape, [1]);
    assert.deepEqual(tensor?.data, Int32Array.of(-1));
  });
});

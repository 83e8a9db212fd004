import { encodeRequest } from "../proto-messages.js";
import { type BadInput, protobuf, refused, to } from "./bad-input.js";
import {
  bytes,
  bytesField,
  endlessVarint,
  repeated,
  tag,
  tensorField,
  varint,
  varintField,
} from "./wire-bytes.js";

const request = encodeRequest({
  tensor: [{ name: "x", elem_type: 1, shape: [1, 3], float_data: [1, 2, 3] }],
  fetch_var_names: ["y"],
});
const name = bytesField(13, "x");
/** UTF-8 of half a surrogate pair, which is none. */
const loneSurrogate = Buffer.from([0xed, 0xa0, 0x80]);

/** Bytes that are not the message they should be. */
export const wrongBytes: readonly BadInput[] = [
  ...refused("malformedRequest", [
    [
      "text instead of a message",
      protobuf(Buffer.from("hello"), "there it is a row of its own"),
      "Request.field 13: wire type 4 at byte 2, which proto3 does not have",
    ],
    [
      "JSON instead of protobuf",
      protobuf(Buffer.from('{"tensor":[]}'), "there it is right"),
      "Request.field 15: wire type 3 at byte 0, which proto3 does not have",
    ],
    ["zeros", protobuf(Buffer.alloc(16)), "Request: field number 0 at byte 0"],
    [
      "a message cut inside a name",
      protobuf(request.subarray(0, -1)),
      "Request.fetch_var_names: the length at byte 26 is 1, more than the 0 left",
    ],
    [
      "a message cut inside a tensor",
      protobuf(request.subarray(0, 9)),
      "Request.tensor: the length at byte 1 is 23, more than the 7 left",
    ],
    [
      "a message cut behind a tag",
      protobuf(request.subarray(0, 1)),
      "Request.tensor: the varint at byte 1 is cut off",
    ],
    ["a tag cut off", protobuf(bytes([0x80])), "Request: the varint at byte 0 is cut off"],
    [
      "a length cut off",
      protobuf(bytes(tag(1, 2), [0x80])),
      "Request.tensor: the varint at byte 1 is cut off",
    ],
    [
      "a varint cut off",
      protobuf(bytes(tag(4, 0), [0xff, 0xff])),
      "Request.log_id: the varint at byte 1 is cut off",
    ],
    [
      "four of eight bytes",
      protobuf(bytes(tag(99, 1), [1, 2, 3, 4])),
      "Request.field 99: the value at byte 2 wants 8 bytes, more than the 4 left",
    ],
    [
      "three of four bytes",
      protobuf(tensorField(name, tag(2, 5), Buffer.from([0, 0, 128]))),
      "Tensor.float_data: the value at byte 6 wants 4 bytes, more than the 3 left",
    ],
    [
      "a tag without end",
      protobuf(endlessVarint(11)),
      "Request: the varint at byte 0 is longer than 10 bytes",
    ],
    [
      "a number without end",
      protobuf(bytes(tag(4, 0), endlessVarint(11))),
      "Request.log_id: the varint at byte 1 is longer than 10 bytes",
    ],
    [
      "a list whose varint has no end",
      protobuf(tensorField(name, bytesField(1, endlessVarint(11), Buffer.from([1])))),
      "Tensor.int64_data: the varint at byte 7 is longer than 10 bytes",
    ],
    [
      "a list whose varint is cut off",
      protobuf(tensorField(name, bytesField(1, Buffer.from([1, 0x80])))),
      "Tensor.int64_data: the varint at byte 8 is cut off",
    ],
    ["field number 0", protobuf(varintField(0, 1)), "Request: field number 0 at byte 0"],
    [
      "a tag of 33 bits",
      protobuf(bytes(varint(2n ** 32n + 8n), [1])),
      "Request: the tag at byte 0 is longer than 32 bits",
    ],
    [
      "a group",
      protobuf(bytes(tag(9, 3), varintField(1, 1), tag(9, 4))),
      "Request.field 9: wire type 3 at byte 0, which proto3 does not have",
    ],
    [
      "10 000 groups in each other",
      protobuf(repeated(10_000, tag(9, 3))),
      "Request.field 9: wire type 3 at byte 0, which proto3 does not have",
    ],
    [
      "the end of a group",
      protobuf(tag(9, 4)),
      "Request.field 9: wire type 4 at byte 0, which proto3 does not have",
    ],
    [
      "wire type 6",
      protobuf(bytes(tag(9, 6), [0, 0, 0, 0])),
      "Request.field 9: wire type 6 at byte 0, which proto3 does not have",
    ],
    [
      "wire type 7 in a tensor",
      protobuf(tensorField(name, tag(2, 7))),
      "Tensor.float_data: wire type 7 at byte 5, must be 2",
    ],
    ["a number as tensor", protobuf(varintField(1, 1)), "Request.tensor: wire type 0 at byte 0, must be 2"],
    [
      "a number as name of an output",
      protobuf(varintField(2, 1)),
      "Request.fetch_var_names: wire type 0 at byte 0, must be 2",
    ],
    [
      "text as profile_server",
      protobuf(bytesField(3, "1")),
      "Request.profile_server: wire type 2 at byte 0, must be 0",
    ],
    [
      "a fixed64 as log_id",
      protobuf(bytes(tag(4, 1), Buffer.alloc(8))),
      "Request.log_id: wire type 1 at byte 0, must be 0",
    ],
    [
      "a number as name",
      protobuf(tensorField(varintField(13, 1))),
      "Tensor.name: wire type 0 at byte 2, must be 2",
    ],
    [
      "text as elem_type",
      protobuf(tensorField(name, bytesField(10, "1"))),
      "Tensor.elem_type: wire type 2 at byte 5, must be 0",
    ],
    [
      "a fixed32 in a shape",
      protobuf(tensorField(name, tag(11, 5), Buffer.alloc(4))),
      "Tensor.shape: wire type 5 at byte 5, must be 2",
    ],
    [
      "a varint in float_data",
      protobuf(tensorField(name, varintField(2, 1))),
      "Tensor.float_data: wire type 0 at byte 5, must be 2",
    ],
    [
      "a fixed64 in float_data",
      protobuf(tensorField(name, tag(2, 1), Buffer.alloc(8))),
      "Tensor.float_data: wire type 1 at byte 5, must be 2",
    ],
    [
      "a number as tensor_content",
      protobuf(tensorField(name, varintField(15, 1))),
      "Tensor.tensor_content: wire type 0 at byte 5, must be 2",
    ],
    [
      "five bytes as list of floats",
      protobuf(tensorField(name, bytesField(2, Buffer.alloc(5)))),
      "Tensor.float_data: 5 bytes at byte 6 are no list of 4-byte values",
    ],
    [
      "twelve bytes as list of doubles",
      protobuf(tensorField(name, bytesField(4, Buffer.alloc(12)))),
      "Tensor.float64_data: 12 bytes at byte 6 are no list of 8-byte values",
    ],
    [
      "a name that is not UTF-8",
      protobuf(tensorField(bytesField(13, Buffer.from([0xff, 0x78])))),
      "Tensor.name: the text at byte 3 is not UTF-8",
    ],
    [
      "an alias that is not UTF-8",
      protobuf(tensorField(name, bytesField(14, loneSurrogate))),
      "Tensor.alias_name: the text at byte 6 is not UTF-8",
    ],
    [
      "the name of an output that is not UTF-8",
      protobuf(bytesField(2, Buffer.from([0xc0, 0xaf]))),
      "Request.fetch_var_names: the text at byte 1 is not UTF-8",
    ],
    [
      "a string that is not UTF-8",
      to(
        "everyType",
        protobuf(
          tensorField(
            bytesField(13, "string"),
            varintField(10, 20),
            bytesField(9, "a"),
            bytesField(9, Buffer.from([0xe2, 0x82])),
          ),
        ),
      ),
      'tensor "string": data[1] is not UTF-8 text; raw bytes go as elem_type 7 (uint8) into tensor_content',
    ],
    [
      "a tensor of 2 GiB, it says",
      protobuf(bytes(tag(1, 2), varint(2 ** 31 - 1))),
      "Request.tensor: the length at byte 1 is 2147483647, more than the 0 left",
    ],
    [
      "a tensor of 2^63 bytes, it says",
      protobuf(bytes(tag(1, 2), varint(2n ** 63n))),
      "Request.tensor: the length at byte 1 is 9223372036854776000, more than the 0 left",
    ],
    [
      "a tensor of -1 bytes, it says",
      protobuf(bytes(tag(1, 2), varint(-1n))),
      "Request.tensor: the length at byte 1 is 18446744073709552000, more than the 0 left",
    ],
    [
      "tensor_content of 4 GiB, it says",
      protobuf(tensorField(name, tag(15, 2), varint(2 ** 32 - 1))),
      "Tensor.tensor_content: the length at byte 6 is 4294967295, more than the 0 left",
    ],
    [
      "a list that reaches beyond its tensor",
      protobuf(bytes(tensorField(name, tag(2, 2), varint(12)), request)),
      "Tensor.float_data: the length at byte 6 is 12, more than the 0 left",
    ],
    [
      "a name that reaches beyond its tensor",
      protobuf(bytes(tensorField(tag(13, 2), varint(5)), request)),
      "Tensor.name: the length at byte 3 is 5, more than the 0 left",
    ],
    [
      "100 001 fields nobody knows",
      protobuf(repeated(100_001, varintField(9, 0))),
      "Request: more than 100000 fields",
    ],
  ]),
  ...refused("invalidArgument", [
    [
      "100 001 axes one by one",
      protobuf(tensorField(name, repeated(100_001, varintField(11, 1)))),
      'tensor "x": shape has 100001 axes, at most 16 are allowed',
    ],
    [
      "a million and one strings",
      to(
        "everyType",
        protobuf(
          tensorField(bytesField(13, "string"), repeated(1_000_001, bytesField(9))),
          "it would be 3 MB of text for the same",
        ),
      ),
      "the message has more than 1000000 strings",
    ],
  ]),
];

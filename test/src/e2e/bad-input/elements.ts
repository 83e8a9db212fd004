import { goodRequests } from "../good-requests.js";
import type { RequestMessage, TensorMessage } from "../proto-messages.js";
import { type BadInput, linearTensor, message, refused, tensor, to } from "./bad-input.js";

/** A good request for `everyType` but for the second string. */
function withString(text: string): RequestMessage {
  const { tensor = [] } = goodRequests.everyType.request;
  const change = ({ data = [] }: TensorMessage) => data.map((good, i) => (i === 1 ? text : good));
  return { tensor: tensor.map((one) => (one.name === "string" ? { ...one, data: change(one) } : one)) };
}

/** Three elements that lie in no field yet. */
const empty: TensorMessage = { float_data: [] };

/** Element types that are not the model's, and elements that are not of their type. */
export const wrongElements: readonly BadInput[] = [
  ...refused("invalidArgument", [
    [
      "float_data without elem_type",
      linearTensor({ elem_type: 0 }),
      'tensor "x": elem_type 0 (int64) wants int64_data, but float_data holds 3 values; set elem_type to 1 for float32',
    ],
    [
      "elem_type 12",
      linearTensor({ elem_type: 12 }),
      /^tensor "x": elem_type 12 is unknown; known are 0 \(int64\), 1 \(float32\), /,
    ],
    [
      "elem_type -1",
      linearTensor({ elem_type: -1 }),
      /^tensor "x": elem_type -1 is unknown; known are 0 \(int64\), 1 \(float32\), /,
    ],
    [
      "the greatest elem_type",
      linearTensor({ elem_type: 2 ** 31 - 1 }),
      /^tensor "x": elem_type 2147483647 is unknown; known are 0 \(int64\), 1 \(float32\), /,
    ],
    [
      "int64 for float32",
      linearTensor({ ...empty, elem_type: 0, int64_data: [1, 2, 3] }),
      'tensor "x": element type is int64, the model of engine "model" wants float32',
    ],
    [
      "int32 for float32",
      linearTensor({ ...empty, elem_type: 2, int_data: [1, 2, 3] }),
      'tensor "x": element type is int32, the model of engine "model" wants float32',
    ],
    [
      "float64 for float32",
      linearTensor({ ...empty, elem_type: 3, float64_data: [1, 2, 3] }),
      'tensor "x": element type is float64, the model of engine "model" wants float32',
    ],
    [
      "float16 for float32",
      linearTensor({ ...empty, elem_type: 5, tensor_content: Buffer.alloc(6) }),
      'tensor "x": element type is float16, the model of engine "model" wants float32',
    ],
    [
      "bfloat16 for float32",
      linearTensor({ ...empty, elem_type: 6, tensor_content: Buffer.alloc(6) }),
      'tensor "x": element type is bfloat16, the model of engine "model" wants float32',
    ],
    [
      "bool for float32",
      linearTensor({ ...empty, elem_type: 9, bool_data: [true, false, true] }),
      'tensor "x": element type is bool, the model of engine "model" wants float32',
    ],
    [
      "complex64 for float32",
      linearTensor({ elem_type: 10, ...empty, complex64_data: [1, 0, 2, 0, 3, 0] }),
      'tensor "x": element type is complex64, the model of engine "model" wants float32',
    ],
    [
      "string for float32",
      linearTensor({ ...empty, elem_type: 20, data: ["1", "2", "3"] }),
      'tensor "x": element type is string, the model of engine "model" wants float32',
    ],
    [
      "float32 for int64",
      to("gather", tensor({ name: "ids", elem_type: 1, shape: [1], float_data: [1] })),
      'tensor "ids": element type is float32, the model of engine "model" wants int64',
    ],
    [
      "int32 for int64",
      to("gather", tensor({ name: "ids", elem_type: 2, shape: [1], int_data: [1] })),
      'tensor "ids": element type is int32, the model of engine "model" wants int64',
    ],
    [
      "int_data for elem_type 1",
      linearTensor({ ...empty, int_data: [1, 2, 3] }),
      'tensor "x": elem_type 1 (float32) wants float_data, but int_data holds 3 values; set elem_type to 2 for int32',
    ],
    [
      "float64_data for elem_type 1",
      linearTensor({ ...empty, float64_data: [1, 2, 3] }),
      'tensor "x": elem_type 1 (float32) wants float_data, but float64_data holds 3 values; set elem_type to 3 for float64',
    ],
    [
      "complex64_data for elem_type 1",
      linearTensor({ ...empty, complex64_data: [1, 2, 3] }),
      'tensor "x": elem_type 1 (float32) wants float_data, but complex64_data holds 3 values; set elem_type to 10 for complex64',
    ],
    [
      "data for elem_type 1",
      linearTensor({ ...empty, data: ["1", "2", "3"] }),
      'tensor "x": elem_type 1 (float32) wants float_data, but data holds 3 values; set elem_type to 20 for string',
    ],
    [
      "int_data for elem_type 0",
      to("gather", tensor({ name: "ids", shape: [1], int_data: [1] })),
      'tensor "ids": elem_type 0 (int64) wants int64_data, but int_data holds 1 value; set elem_type to 2 for int32',
    ],
    [
      "bool_data for elem_type 0",
      to("gather", tensor({ name: "ids", shape: [1], bool_data: [true] })),
      'tensor "ids": elem_type 0 (int64) wants int64_data, but bool_data holds 1 value; set elem_type to 9 for bool',
    ],
    [
      "uint32_data for elem_type 2",
      to("everyType", tensor({ name: "int32", elem_type: 2, shape: [1], uint32_data: [1] })),
      'tensor "int32": elem_type 2 (int32) wants int_data, but uint32_data holds 1 value',
    ],
    [
      "data for elem_type 7",
      to("everyType", tensor({ name: "uint8", elem_type: 7, shape: [1], data: ["a"] })),
      'tensor "uint8": elem_type 7 (uint8) wants tensor_content, but data holds 1 value; set elem_type to 20 for string',
    ],
    [
      "tensor_content for elem_type 20",
      to(
        "everyType",
        tensor({ name: "string", elem_type: 20, shape: [1], tensor_content: Buffer.from("abc") }),
      ),
      'tensor "string": elem_type 20 (string) wants data, but tensor_content holds 3 bytes',
    ],
    [
      "float_data and tensor_content",
      linearTensor({ tensor_content: Buffer.alloc(12) }),
      'tensor "x": float_data holds 3 values and tensor_content holds 12 bytes; send only one of them',
    ],
    [
      "float_data and int64_data",
      linearTensor({ int64_data: [1, 2, 3] }),
      'tensor "x": int64_data holds 3 values and float_data holds 3 values; send only one of them',
    ],
    [
      "every data field at once",
      linearTensor({
        int64_data: [1],
        int_data: [1],
        float64_data: [1],
        uint32_data: [1],
        bool_data: [true],
        complex64_data: [1],
        complex128_data: [1],
        data: ["1"],
        tensor_content: Buffer.alloc(4),
      }),
      'tensor "x": int64_data holds 1 value and float_data holds 3 values; send only one of them',
    ],
    [
      "tensor_content a byte short",
      linearTensor({ ...empty, tensor_content: Buffer.alloc(11) }),
      'tensor "x": tensor_content holds 11 bytes, not a multiple of the 4 of float32',
    ],
    [
      "tensor_content an element long",
      linearTensor({ ...empty, tensor_content: Buffer.alloc(16) }),
      'tensor "x": shape [1, 3] wants 3 elements, the data has 4',
    ],
    [
      "tensor_content of another type",
      to("gather", tensor({ name: "ids", shape: [2], tensor_content: Buffer.alloc(4) })),
      'tensor "ids": tensor_content holds 4 bytes, not a multiple of the 8 of int64',
    ],
    [
      "2 as a bool",
      to(
        "everyType",
        tensor({ name: "bool", elem_type: 9, shape: [3], tensor_content: Buffer.from([0, 1, 2]) }),
      ),
      'tensor "bool": tensor_content[2] is 2, a bool is 0 or 1',
    ],
    [
      "256 as uint8",
      to("everyType", tensor({ name: "uint8", elem_type: 7, shape: [2], int_data: [255, 256] })),
      'tensor "uint8": int_data[1] is 256, outside uint8 (0 to 255)',
    ],
    [
      "-1 as uint8",
      to("everyType", tensor({ name: "uint8", elem_type: 7, shape: [1], int_data: [-1] })),
      'tensor "uint8": int_data[0] is -1, outside uint8 (0 to 255)',
    ],
    [
      "128 as int8",
      to("everyType", tensor({ name: "int8", elem_type: 8, shape: [1], int_data: [128] })),
      'tensor "int8": int_data[0] is 128, outside int8 (-128 to 127)',
    ],
    [
      "-32769 as int16",
      to("everyType", tensor({ name: "int16", elem_type: 4, shape: [1], int_data: [-32_769] })),
      'tensor "int16": int_data[0] is -32769, outside int16 (-32768 to 32767)',
    ],
    [
      "65536 as the bits of a float16",
      to("everyType", tensor({ name: "float16", elem_type: 5, shape: [1], uint32_data: [65_536] })),
      'tensor "float16": uint32_data[0] is 65536, outside float16 (0 to 65535)',
    ],
    [
      "a NUL in a string",
      to("everyType", message(withString("a\0b"))),
      'tensor "string": element 1 has a NUL character, strings must not',
    ],
    [
      "half a complex64",
      linearTensor({ ...empty, elem_type: 10, complex64_data: [1, 2, 3] }),
      'tensor "x": complex64_data holds 3 values, must be an even number: real and imaginary part in turn',
    ],
    [
      "half a complex128 in tensor_content",
      linearTensor({ ...empty, elem_type: 11, tensor_content: Buffer.alloc(8) }),
      'tensor "x": tensor_content holds 8 bytes, not a multiple of the 16 of complex128',
    ],
  ]),
  ...refused("opFailure", [
    [
      "an id outside the table",
      to("gather", tensor({ name: "ids", shape: [1], int64_data: [4] })),
      'engine "model": the model failed: Gather: indices element out of data bounds, idx=4 must be within the inclusive range [-4,3] (request id bad-input)',
    ],
    [
      "the least int64 as id",
      to("gather", tensor({ name: "ids", shape: [1], int64_data: ["-9223372036854775808"] })),
      'engine "model": the model failed: Gather: indices element out of data bounds, idx=-9223372036854775808 must be within the inclusive range [-4,3] (request id bad-input)',
    ],
  ]),
];

import { type BadInput, linearTensor, message, refused, tensor, to } from "./bad-input.js";

const a = { name: "a", elem_type: 1, shape: [1, 2], float_data: [1, 2] };

/** Shapes and LoD that are illegal, lie about the data, or are not the model's. */
export const wrongShapes: readonly BadInput[] = refused("invalidArgument", [
  [
    "no shape with three elements",
    linearTensor({ shape: [] }),
    'tensor "x": shape [] wants 1 elements, the data has 3',
  ],
  [
    "a scalar for a matrix",
    linearTensor({ shape: [], float_data: [1] }),
    'tensor "x": shape [] has 0 axes, the model of engine "model" wants 2 axes: [N, 3]',
  ],
  [
    "one axis too few",
    linearTensor({ shape: [3] }),
    'tensor "x": shape [3] has 1 axis, the model of engine "model" wants 2 axes: [N, 3]',
  ],
  [
    "one axis too many",
    linearTensor({ shape: [1, 1, 3] }),
    'tensor "x": shape [1, 1, 3] has 3 axes, the model of engine "model" wants 2 axes: [N, 3]',
  ],
  [
    "17 axes",
    linearTensor({ shape: new Array(17).fill(1), float_data: [1] }),
    'tensor "x": shape has 17 axes, at most 16 are allowed',
  ],
  [
    "100 000 axes",
    linearTensor({ shape: new Array(100_000).fill(1), float_data: [1] }),
    'tensor "x": shape has 100000 axes, at most 16 are allowed',
  ],
  [
    "a fixed axis too long",
    linearTensor({ shape: [1, 4], float_data: [1, 2, 3, 4] }),
    'tensor "x": axis 1 is 4, the model of engine "model" wants 3',
  ],
  [
    "a fixed axis of 0",
    linearTensor({ shape: [3, 0], float_data: [] }),
    'tensor "x": axis 1 is 0, the model of engine "model" wants 3',
  ],
  [
    "an element too few",
    linearTensor({ float_data: [1, 2] }),
    'tensor "x": shape [1, 3] wants 3 elements, the data has 2',
  ],
  [
    "an element too many",
    linearTensor({ float_data: [1, 2, 3, 4] }),
    'tensor "x": shape [1, 3] wants 3 elements, the data has 4',
  ],
  [
    "a row too few",
    linearTensor({ shape: [2, 3] }),
    'tensor "x": shape [2, 3] wants 6 elements, the data has 3',
  ],
  [
    "no element at all",
    linearTensor({ float_data: [] }),
    'tensor "x": shape [1, 3] wants 3 elements, the data has 0',
  ],
  [
    "elements in an empty batch",
    linearTensor({ shape: [0, 3] }),
    'tensor "x": shape [0, 3] wants 0 elements, the data has 3',
  ],
  [
    "an axis of -1",
    linearTensor({ shape: [-1, 3] }),
    'tensor "x": shape[0] is -1, must be a whole number from 0 to 2147483647',
  ],
  [
    "the least int32 as axis",
    linearTensor({ shape: [1, -(2 ** 31)] }),
    'tensor "x": shape[1] is -2147483648, must be a whole number from 0 to 2147483647',
  ],
  [
    "two negative axes that give three elements",
    linearTensor({ shape: [-1, -3] }),
    'tensor "x": shape[0] is -1, must be a whole number from 0 to 2147483647',
  ],
  [
    "the longest axis there is",
    linearTensor({ shape: [2 ** 31 - 1, 3] }),
    'tensor "x": shape [2147483647, 3] has 6442450941 elements, at most 268435456 are allowed',
  ],
  [
    "2^32 elements, 0 in 32 bits",
    linearTensor({ shape: [65_536, 65_536], float_data: [] }),
    'tensor "x": shape [65536, 65536] has 4294967296 elements, at most 268435456 are allowed',
  ],
  [
    "2^64 elements, 0 in 64 bits",
    linearTensor({ shape: [65_536, 65_536, 65_536, 65_536], float_data: [] }),
    'tensor "x": shape [65536, 65536, 65536, 65536] has 18446744073709552000 elements, at most 268435456 are allowed',
  ],
  [
    "sixteen of the longest axes",
    linearTensor({ shape: new Array(16).fill(2 ** 31 - 1) }),
    /^tensor "x": shape \[2147483647, .* has 2.0458691146921758e\+149 elements, at most 268435456 are allowed$/,
  ],
  [
    "an empty batch of endless rows",
    linearTensor({ shape: [0, 2 ** 31 - 1], float_data: [] }),
    'tensor "x": axis 1 is 2147483647, the model of engine "model" wants 3',
  ],
  [
    "one element over the limit",
    linearTensor({ shape: [1, 2 ** 28 + 1] }),
    'tensor "x": shape [1, 268435457] has 268435457 elements, at most 268435456 are allowed',
  ],
  [
    "batches of different size",
    to("pair", message({ tensor: [a, { ...a, name: "b", shape: [2, 2], float_data: [1, 2, 3, 4] }] })),
    'tensor "b": axis 0 is 2 but axis 0 of tensor "a" is 1; the model of engine "model" calls both N and wants them equal',
  ],
  [
    "a wrong rank in the second feed",
    to("pair", message({ tensor: [a, { ...a, name: "b", shape: [2] }] })),
    'tensor "b": shape [2] has 1 axis, the model of engine "model" wants 2 axes: [N, 2]',
  ],
  [
    "an empty batch beside a full one",
    to("pair", message({ tensor: [a, { ...a, name: "b", shape: [0, 2], float_data: [] }] })),
    'tensor "b": axis 0 is 0 but axis 0 of tensor "a" is 1; the model of engine "model" calls both N and wants them equal',
  ],
  [
    "a matrix for a vector",
    to("gather", tensor({ name: "ids", shape: [1, 1], int64_data: [1] })),
    'tensor "ids": shape [1, 1] has 2 axes, the model of engine "model" wants 1 axis: [N]',
  ],
  [
    "lod that starts with 1",
    linearTensor({ lod: [1, 1] }),
    'tensor "x": lod starts with 1, must start with 0',
  ],
  [
    "lod that falls",
    linearTensor({ lod: [0, 2, 1] }),
    'tensor "x": lod level 0 must start with 0 and never fall',
  ],
  ["lod below 0", linearTensor({ lod: [0, -1] }), 'tensor "x": lod level 0 must start with 0 and never fall'],
  ["lod beyond the rows", linearTensor({ lod: [0, 5] }), /^tensor "x": lod /],
  [
    "lod short of the rows",
    linearTensor({ shape: [2, 3], float_data: [1, 2, 3, 4, 5, 6], lod: [0, 1] }),
    /^tensor "x": lod /,
  ],
  [
    "17 levels of lod",
    linearTensor({ lod: new Array(17).fill([0, 1]).flat() }),
    'tensor "x": lod has more than 16 levels',
  ],
  [
    "100 000 levels of lod",
    linearTensor({ lod: new Array(100_000).fill([0, 1]).flat() }),
    'tensor "x": lod has more than 16 levels',
  ],
]);

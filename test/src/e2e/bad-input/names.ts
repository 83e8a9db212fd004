import { type BadInput, linearTensor, message, refused, tensor, to } from "./bad-input.js";

const x = { name: "x", elem_type: 1, shape: [1, 3], float_data: [1, 2, 3] };
const a = { name: "a", elem_type: 1, shape: [1, 2], float_data: [1, 2] };
const b = { ...a, name: "b" };

/** Tensors and outputs that are not there, or there twice. */
export const wrongNames: readonly BadInput[] = refused("invalidArgument", [
  ["no tensor", message({}), "tensor: the request has none, at least one is needed"],
  [
    "a feed the model does not have",
    linearTensor({ name: "z" }),
    'tensor "z": the model of engine "model" has no feed of that name, it has "x"',
  ],
  [
    "a name in the wrong case",
    linearTensor({ name: "X" }),
    'tensor "X": the model of engine "model" has no feed of that name, it has "x"',
  ],
  [
    "a name with a space behind it",
    linearTensor({ name: "x " }),
    'tensor "x ": the model of engine "model" has no feed of that name, it has "x"',
  ],
  [
    "the name of an output",
    linearTensor({ name: "y" }),
    'tensor "y": the model of engine "model" has no feed of that name, it has "x"',
  ],
  ["neither name nor alias", linearTensor({ name: "" }), "tensor[0]: has neither name nor alias_name"],
  [
    "an alias the model does not have",
    tensor({ ...x, name: "", alias_name: "z" }),
    'tensor "z": the model of engine "model" has no feed of that name, it has "x"',
  ],
  [
    "the name __proto__",
    linearTensor({ name: "__proto__" }),
    'tensor "__proto__": the model of engine "model" has no feed of that name, it has "x"',
  ],
  [
    "the name constructor",
    linearTensor({ name: "constructor" }),
    'tensor "constructor": the model of engine "model" has no feed of that name, it has "x"',
  ],
  ["a name of 10 000 letters", linearTensor({ name: "n".repeat(10_000) }), /^tensor "n{64}/],
  [
    "a name with line ends and colours",
    linearTensor({ name: "x\r\nset-cookie: a\u001b[31m" }),
    /^tensor "x\?\?set-cookie: a\?\[31m": /,
  ],
  [
    "a name beyond ASCII",
    linearTensor({ name: "größe 特征 🎛" }),
    'tensor "größe 特征 🎛": the model of engine "model" has no feed of that name, it has "x"',
  ],
  [
    "a name that would be cut inside a character",
    linearTensor({ name: `x${"🎛".repeat(1000)}` }),
    /^tensor "x(🎛){64}/u,
  ],
  ["a feed twice", message({ tensor: [x, x] }), 'tensor[1]: "x" is given twice'],
  [
    "a feed by name and again by alias",
    message({ tensor: [x, { ...x, name: "", alias_name: "x" }] }),
    'tensor[1]: "x" is given twice',
  ],
  [
    "a feed too many",
    message({ tensor: [x, { ...x, name: "z" }] }),
    'tensor "z": the model of engine "model" has no feed of that name, it has "x"',
  ],
  [
    "the second of two feeds missing",
    to("pair", message({ tensor: [a] })),
    'tensor "b": is missing; engine "model" wants "a", "b"',
  ],
  [
    "the first of two feeds missing",
    to("pair", message({ tensor: [b] })),
    'tensor "a": is missing; engine "model" wants "a", "b"',
  ],
  ["one of two feeds twice", to("pair", message({ tensor: [a, a] })), 'tensor[1]: "a" is given twice'],
  [
    "a third of two feeds",
    to("pair", message({ tensor: [a, b, { ...a, name: "c" }] })),
    'tensor "c": the model of engine "model" has no feed of that name, it has "a", "b"',
  ],
  [
    "257 tensors",
    message({ tensor: Array.from({ length: 257 }, (_, i) => ({ ...x, name: `x${i}` })) }),
    "the message has more than 256 tensors",
  ],
  [
    "an output the model does not have",
    message({ tensor: [x], fetch_var_names: ["price"] }),
    'fetch_var_names[0]: no output named "price", there is "y"',
  ],
  [
    "a second output the model does not have",
    message({ tensor: [x], fetch_var_names: ["y", "price"] }),
    'fetch_var_names[1]: no output named "price", there is "y"',
  ],
  [
    "the name of a feed as output",
    message({ tensor: [x], fetch_var_names: ["x"] }),
    'fetch_var_names[0]: no output named "x", there is "y"',
  ],
  [
    "an output without a name",
    message({ tensor: [x], fetch_var_names: [""] }),
    'fetch_var_names[0]: no output named "", there is "y"',
  ],
  [
    "the output __proto__",
    message({ tensor: [x], fetch_var_names: ["__proto__"] }),
    'fetch_var_names[0]: no output named "__proto__", there is "y"',
  ],
  [
    "an output with a name of 10 000 letters",
    message({ tensor: [x], fetch_var_names: ["n".repeat(10_000)] }),
    /^fetch_var_names\[0\]: no output named "n{64}/,
  ],
  [
    "257 outputs",
    message({ tensor: [x], fetch_var_names: new Array(257).fill("y") }),
    "the message has more than 256 names in fetch_var_names",
  ],
]);

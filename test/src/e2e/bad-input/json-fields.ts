import { type BadInput, json, refused, type Sent, to } from "./bad-input.js";

function field(text: string): Sent {
  return json(text, "protobuf has the right type, or a wrong wire type, which is a row of its own");
}

/** A request for `linear` whose one tensor has `fields` instead of good ones. */
function linear(fields: string): string {
  return `{"tensor":[{"name":"x","elem_type":1,"shape":[1,3],${fields}}]}`;
}

function floats(list: string): string {
  return linear(`"float_data":${list}`);
}

function ids(list: string): string {
  return `{"tensor":[{"name":"ids","shape":[1],"int64_data":${list}}]}`;
}

/** Fields of a JSON message with values they cannot have. */
export const wrongFields: readonly BadInput[] = refused("malformedRequest", [
  ["an object as list of tensors", field('{"tensor":{}}'), "tensor: an object is not a list"],
  ["a number as tensor", field('{"tensor":[1]}'), "tensor[0]: 1 is not an object"],
  ["null as tensor", field('{"tensor":[null]}'), "tensor[0]: null is not an object"],
  ["a list as tensor", field('{"tensor":[[]]}'), "tensor[0]: a list is not an object"],
  ["a number as name", field('{"tensor":[{"name":1}]}'), "tensor[0].name: 1 is not a string"],
  [
    "text as elem_type",
    field('{"tensor":[{"name":"x","elem_type":"1"}]}'),
    'tensor[0].elem_type: "1" is not a number',
  ],
  [
    "half an elem_type",
    field('{"tensor":[{"name":"x","elem_type":1.5}]}'),
    "tensor[0].elem_type: 1.5 is not a whole number",
  ],
  ["a number as shape", field('{"tensor":[{"name":"x","shape":3}]}'), "tensor[0].shape: 3 is not a list"],
  [
    "text in a shape",
    field('{"tensor":[{"name":"x","shape":["1",3]}]}'),
    'tensor[0].shape[0]: "1" is not a number',
  ],
  [
    "half an axis",
    field('{"tensor":[{"name":"x","shape":[1,2.5]}]}'),
    "tensor[0].shape[1]: 2.5 is not a whole number",
  ],
  [
    "an axis of 1e400",
    field('{"tensor":[{"name":"x","shape":[1e400]}]}'),
    "tensor[0].shape[0]: Infinity is outside int32",
  ],
  [
    "an axis of 2^31",
    field('{"tensor":[{"name":"x","shape":[2147483648]}]}'),
    "tensor[0].shape[0]: 2147483648 is outside int32",
  ],
  [
    "an axis of 40 digits",
    field(`{"tensor":[{"name":"x","shape":[${"9".repeat(40)}]}]}`),
    "tensor[0].shape[0]: 9999999999999999999999999999999999999999 is outside int32",
  ],
  [
    "null in a shape",
    field('{"tensor":[{"name":"x","shape":[null,3]}]}'),
    "tensor[0].shape[0]: null is not a number",
  ],
  ["text in lod", field('{"tensor":[{"name":"x","lod":["0"]}]}'), 'tensor[0].lod[0]: "0" is not a number'],
  ["text as float_data", field(floats('"1,2,3"')), 'tensor[0].float_data: "1,2,3" is not a list'],
  [
    "digits as text in float_data",
    field(floats('["1","2","3"]')),
    'tensor[0].float_data[0]: "1" is not a number',
  ],
  ["nan in lower case", field(floats('["nan",2,3]')), 'tensor[0].float_data[0]: "nan" is not a number'],
  ["a bare NaN", field(floats("[NaN,2,3]")), /^the text is not JSON: /],
  ["1e400 as float", field(floats("[1e400,2,3]")), "tensor[0].float_data[0]: the number is outside float64"],
  ["1e39 as float", field(floats("[1,1e39,3]")), "tensor[0].float_data[1]: 1e+39 is outside float32"],
  ["null in float_data", field(floats("[1,null,3]")), "tensor[0].float_data[1]: null is not a number"],
  ["true in float_data", field(floats("[1,2,true]")), "tensor[0].float_data[2]: true is not a number"],
  ["a list in float_data", field(floats("[[1,2,3]]")), "tensor[0].float_data[0]: a list is not a number"],
  ["an object in float_data", field(floats("[{}]")), "tensor[0].float_data[0]: an object is not a number"],
  [
    "2^63 as int64",
    to("gather", field(ids("[9223372036854775808]"))),
    "tensor[0].int64_data[0]: 9223372036854775808 is outside int64",
  ],
  ["half an int64", to("gather", field(ids("[1.5]"))), "tensor[0].int64_data[0]: 1.5 is not a whole number"],
  [
    "NaN as int64",
    to("gather", field(ids('["NaN"]'))),
    'tensor[0].int64_data[0]: "NaN" is not a whole number',
  ],
  [
    "1e400 as int64",
    to("gather", field(ids("[1e400]"))),
    "tensor[0].int64_data[0]: Infinity is not a whole number",
  ],
  [
    "1e17 as int64, whose digits nobody knows",
    to("gather", field(ids("[1e17]"))),
    "tensor[0].int64_data[0]: 100000000000000000 may have lost digits; write all of them, without an exponent",
  ],
  [
    "hexadecimal text as int64",
    to("gather", field(ids('["0x1"]'))),
    'tensor[0].int64_data[0]: "0x1" is not a whole number',
  ],
  [
    "an int64 of a million digits",
    to("gather", field(ids(`[${"9".repeat(1_000_000)}]`))),
    "tensor[0].int64_data[0]: 9999999999999999999999999999999999999999… is outside 64 bits",
  ],
  [
    "2^31 in int_data",
    field(linear('"int_data":[2147483648]')),
    "tensor[0].int_data[0]: 2147483648 is outside int32",
  ],
  [
    "-1 in uint32_data",
    field(linear('"uint32_data":[-1]')),
    "tensor[0].uint32_data[0]: -1 is outside uint32",
  ],
  ["1 in bool_data", field(linear('"bool_data":[1]')), "tensor[0].bool_data[0]: 1 is neither true nor false"],
  [
    "text in bool_data",
    field(linear('"bool_data":["true"]')),
    'tensor[0].bool_data[0]: "true" is neither true nor false',
  ],
  [
    "a number in data",
    to("everyType", field('{"tensor":[{"name":"string","data":["a",2]}]}')),
    "tensor[0].data[1]: 2 is not a string",
  ],
  [
    "half a surrogate pair in data",
    to("everyType", field('{"tensor":[{"name":"string","data":["\\ud800"]}]}')),
    "tensor[0].data[0]: half of a surrogate pair is not text",
  ],
  [
    "tensor_content that is no base64",
    field(linear('"tensor_content":"AAA*"')),
    "tensor[0].tensor_content: is not base64",
  ],
  [
    "a list as tensor_content",
    field(linear('"tensor_content":[0,0]')),
    "tensor[0].tensor_content: a list is not a string",
  ],
  ["text as fetch_var_names", field('{"fetch_var_names":"y"}'), 'fetch_var_names: "y" is not a list'],
  [
    "a number in fetch_var_names",
    field('{"fetch_var_names":["y",7]}'),
    "fetch_var_names[1]: 7 is not a string",
  ],
  [
    "text as profile_server",
    field('{"profile_server":"yes"}'),
    'profile_server: "yes" is neither true nor false',
  ],
  ["-1 as log_id", field('{"log_id":-1}'), "log_id: -1 is outside uint64"],
  [
    "2^64 as log_id",
    field('{"log_id":18446744073709551616}'),
    "log_id: 18446744073709551616 is outside uint64",
  ],
]);

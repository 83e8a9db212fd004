import { type BadInput, json, refused, type Sent, type ServedName } from "./bad-input.js";

function prediction(to: ServedName, body: string): Sent {
  return { ...json(body, "a prediction is JSON over HTTP"), to, options: { path: `/${to}/prediction` } };
}

function linear(body: string): Sent {
  return prediction("linear", body);
}

/** A good instance but for one feed. */
function everyType(feed: string, value: string): Sent {
  const feeds = Object.entries({ ...goodInstance, [feed]: value }).map(([name, json]) => `"${name}":${json}`);
  return prediction("everyType", `{"feed":[{${feeds.join()}}]}`);
}

/** The feeds of one instance for `everyType`, as JSON. */
const goodInstance = {
  int64: "[1,2]",
  float32: "[1,2]",
  int32: "[1,2]",
  float64: "[1,2]",
  int16: "[1,2]",
  float16: "[1,2]",
  uint8: "[1,2]",
  int8: "[1,2]",
  bool: "[true,false]",
  string: '["a","b"]',
};

/** Bodies of `POST /{name}/prediction`. */
export const wrongPredictions: readonly BadInput[] = [
  ...refused("invalidArgument", [
    ["nothing", linear(""), "feed: a list of instances is needed"],
    ["a list", linear("[1,2,3]"), 'body: must be an object {"feed": [...], "fetch": [...]}'],
    ["null", linear("null"), 'body: must be an object {"feed": [...], "fetch": [...]}'],
    ["no feed", linear('{"fetch":["y"]}'), "feed: a list of instances is needed"],
    ["feed null", linear('{"feed":null}'), "feed[0]: must be an object of feed name to value"],
    ["feed a number", linear('{"feed":1}'), "feed[0]: must be an object of feed name to value"],
    ["feed without instances", linear('{"feed":[]}'), "feed: a list of instances is needed"],
    [
      "an instance that is a list",
      linear('{"feed":[[1,2,3]]}'),
      "feed[0]: must be an object of feed name to value",
    ],
    [
      "an instance that is null",
      linear('{"feed":[{"x":[1,2,3]},null]}'),
      "feed[1]: must be an object of feed name to value",
    ],
    ["an instance without names", linear('{"feed":[{}]}'), "feed[0]: names no feed, at least one is needed"],
    [
      "an unknown name",
      linear('{"feed":[{"xx":[1,2,3]}]}'),
      'feed[0].xx: no feed of that name; did you mean "x"?',
    ],
    ["a name too many", linear('{"feed":[{"x":[1,2,3],"z":1}]}'), "feed[0].z: no feed of that name"],
    [
      "the key __proto__",
      linear('{"feed":[{"__proto__":[1,2,3]}]}'),
      "feed[0].__proto__: no feed of that name",
    ],
    [
      "the key __proto__ beside a good one",
      linear('{"feed":[{"x":[1,2,3],"__proto__":{"x":[1,2,3]}}]}'),
      "feed[0].__proto__: no feed of that name",
    ],
    [
      "the key __proto__ outside",
      linear('{"__proto__":{"feed":[{"x":[1,2,3]}]}}'),
      "feed: a list of instances is needed",
    ],
    [
      "a second instance without the name",
      linear('{"feed":[{"x":[1,2,3]},{}]}'),
      'feed[1]: has no "x", which feed[0] has',
    ],
    [
      "a second instance with another name",
      linear('{"feed":[{"x":[1,2,3]},{"x":[1,2,3],"z":[1]}]}'),
      "feed[1]: has other names than feed[0]",
    ],
    ["an element too few", linear('{"feed":[{"x":[1,2]}]}'), "feed[0].x: has the shape [2], must be [3]"],
    [
      "an element too many in the second instance",
      linear('{"feed":[{"x":[1,2,3]},{"x":[1,2,3,4]}]}'),
      "feed[1].x: has the shape [4], must be [3]",
    ],
    ["no element", linear('{"feed":[{"x":[]}]}'), "feed[0].x: has the shape [0], must be [3]"],
    [
      "a scalar for a vector",
      linear('{"feed":[{"x":1}]}'),
      "feed[0].x: has 1 elements in the shape [], must be [3]",
    ],
    ["ragged lists", linear('{"feed":[{"x":[[1,2],[3]]}]}'), "feed[0].x: has lists of different lengths"],
    [
      "a number beside a list",
      linear('{"feed":[{"x":[1,[2],3]}]}'),
      "feed[0].x: has lists of different lengths",
    ],
    [
      "17 lists in each other",
      linear(`{"feed":[{"x":${"[".repeat(17)}1${"]".repeat(17)}}]}`),
      "feed[0].x: is nested deeper than 16 lists",
    ],
    ["text for a number", linear('{"feed":[{"x":["a",2,3]}]}'), 'feed[0].x: "a" is not a valid float32'],
    ["null for a number", linear('{"feed":[{"x":[1,null,3]}]}'), "feed[0].x: null is not a valid float32"],
    ["true for a number", linear('{"feed":[{"x":[1,true,3]}]}'), "feed[0].x: true is not a valid float32"],
    [
      "an object for a number",
      linear('{"feed":[{"x":[1,{},3]}]}'),
      "feed[0].x: an object is not a valid float32",
    ],
    [
      "an object for a list",
      linear('{"feed":[{"x":{"0":1}}]}'),
      "feed[0].x: has 1 elements in the shape [], must be [3]",
    ],
    [
      "1e400 as float32",
      linear('{"feed":[{"x":[1e400,2,3]}]}'),
      "feed[0].x: Infinity is not a valid float32",
    ],
    ["1e39 as float32", linear('{"feed":[{"x":[1e39,2,3]}]}'), "feed[0].x: 1e+39 is not a valid float32"],
    [
      "a long text for a number",
      linear(`{"feed":[{"x":["${"n".repeat(10_000)}",2,3]}]}`),
      /^feed\[0\]\.x: "n{20,64}….?" is not a valid float32$/,
    ],
    [
      "fetch a number",
      linear('{"feed":[{"x":[1,2,3]}],"fetch":1}'),
      "fetch[0]: must be the name of an output",
    ],
    [
      "null in fetch",
      linear('{"feed":[{"x":[1,2,3]}],"fetch":["y",null]}'),
      "fetch[1]: must be the name of an output",
    ],
    [
      "an unknown output",
      linear('{"feed":[{"x":[1,2,3]}],"fetch":["price"]}'),
      'fetch_var_names[0]: no output named "price", there is "y"',
    ],
    [
      "the output __proto__",
      linear('{"feed":[{"x":[1,2,3]}],"fetch":["__proto__"]}'),
      'fetch_var_names[0]: no output named "__proto__", there is "y"',
    ],
    [
      "the second of two feeds missing",
      prediction("pair", '{"feed":[{"a":[1,2]}]}'),
      'tensor "b": is missing; engine "model" wants "a", "b"',
    ],
    [
      "half an int64",
      prediction("gather", '{"feed":[{"ids":1.5}]}'),
      "feed[0].ids: 1.5 is not a valid int64",
    ],
    [
      "2^63 as int64",
      prediction("gather", '{"feed":[{"ids":9223372036854775808}]}'),
      "feed[0].ids: 9223372036854775808 is not a valid int64",
    ],
    [
      "text as int64",
      prediction("gather", '{"feed":[{"ids":"one"}]}'),
      'feed[0].ids: "one" is not a valid int64',
    ],
    ["2^31 as int32", everyType("int32", "[1,2147483648]"), "feed[0].int32: 2147483648 is not a valid int32"],
    ["256 as uint8", everyType("uint8", "[255,256]"), "feed[0].uint8: 256 is not a valid uint8"],
    ["-129 as int8", everyType("int8", "[0,-129]"), "feed[0].int8: -129 is not a valid int8"],
    ["2 as bool", everyType("bool", "[true,2]"), "feed[0].bool: 2 is not a valid bool"],
    ["70000 as float16", everyType("float16", "[1,70000]"), "feed[0].float16: 70000 is not a valid float16"],
    ["a number as string", everyType("string", '["a",1]'), "feed[0].string: 1 is not a valid string"],
    [
      "half a surrogate pair",
      everyType("string", '["a","\\ud800"]'),
      'feed[0].string: "\\ud800" is not a valid string',
    ],
  ]),
  ...refused("malformedRequest", [
    ["no JSON", linear("{"), /^the text is not JSON: /],
    [
      "101 lists in each other",
      linear(`{"feed":${"[".repeat(101)}`),
      "the JSON is nested deeper than 100 levels",
    ],
  ]),
  ...refused("opFailure", [
    [
      "an id outside the table",
      prediction("gather", '{"feed":[{"ids":4}]}'),
      'engine "model": the model failed: Gather: indices element out of data bounds, idx=4 must be within the inclusive range [-4,3] (request id bad-input)',
    ],
  ]),
];

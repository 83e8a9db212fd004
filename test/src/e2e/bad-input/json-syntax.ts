import { type BadInput, json, refused, type Sent, to } from "./bad-input.js";

const good = '{"tensor":[{"name":"x","elem_type":1,"shape":[1,3],"float_data":[1,2,3]}]}';

/** Text of which each character is one byte. */
function latin1(text: string): Sent {
  return json(Buffer.from(text, "latin1"), "there it is a row of its own");
}

/** Text that is not JSON, not UTF-8, or no message at all. */
export const wrongJson: readonly BadInput[] = [
  ...refused("malformedRequest", [
    ["text that is no JSON", json("hello"), /^the text is not JSON: /],
    ["JSON cut off", json(good.slice(0, -5)), /^the text is not JSON: /],
    ["a string without end", json('{"tensor":"'), /^the text is not JSON: /],
    ["a comma too many", json(good.replace("3]}", "3,]}")), /^the text is not JSON: /],
    ["two messages", json("{} {}"), /^the text is not JSON: /],
    ["a byte order mark", json(`\ufeff${good}`), /^the text is not JSON: /],
    ["protobuf instead of JSON", json(Buffer.from([0x0a, 0x02, 0x0a, 0x00])), /^the text is not JSON: /],
    ["a list as message", json("[]"), "the request: a list is not an object"],
    ["null as message", json("null"), "the request: null is not an object"],
    [
      "a number as message",
      json("12345678901234567890"),
      "the request: 12345678901234567000 is not an object",
    ],
    ["text as message", json('"x"'), 'the request: "x" is not an object'],
    [
      "101 lists in each other",
      json("[".repeat(101) + "]".repeat(101)),
      "the JSON is nested deeper than 100 levels",
    ],
    [
      "a million lists in each other",
      json("[".repeat(1_000_000)),
      "the JSON is nested deeper than 100 levels",
    ],
    [
      "100 000 objects in each other",
      json('{"a":'.repeat(100_000)),
      "the JSON is nested deeper than 100 levels",
    ],
    ["a name that is not UTF-8", latin1(good.replace('"x"', '"\xff"')), /UTF-8/],
    [
      "a string that is not UTF-8",
      to(
        "everyType",
        latin1('{"tensor":[{"name":"string","elem_type":20,"shape":[1],"data":["\xe2\x82"]}]}'),
      ),
      /UTF-8/,
    ],
  ]),
  ...refused("invalidArgument", [
    [
      "__proto__ instead of fields",
      json('{"__proto__":{"tensor":[{"name":"x"}]}}'),
      "tensor: the request has none, at least one is needed",
    ],
  ]),
];

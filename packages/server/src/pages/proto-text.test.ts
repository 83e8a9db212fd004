import assert from "node:assert/strict";
import { test } from "node:test";
import { protoTexts } from "./proto-text.js";

const house = {
  edition: "proto2",
  fields: {
    area: { rule: "required", type: "float", id: 1 },
    street: { type: "string", id: 2, options: { default: 'a "b"' } },
    kind: { type: "Kind", id: 3, options: { default: "FLAT" } },
    rooms: { rule: "repeated", type: "int32", id: 4, options: { packed: true } },
    notes: { keyType: "string", type: "int64", id: 5 },
    owner: { type: "string", id: 6 },
    agent: { type: "string", id: 7 },
  },
  oneofs: { contact: { oneof: ["owner", "agent"] } },
  nested: { Kind: { values: { FLAT: 0, HOUSE: 1 } }, None: { fields: {} } },
};
const request = {
  fields: {
    limit: { type: "int32", id: 1, options: { proto3_optional: true } },
    name: { type: "string", id: 2 },
  },
  oneofs: { _limit: { oneof: ["limit"] } },
};
const schema = {
  nested: { shop: { nested: { House: house, Request: request, Service: { methods: {} } } } },
};

test("messages and enums of a schema are written as a .proto declares them", () => {
  assert.deepEqual(Object.fromEntries(protoTexts(schema)), {
    "shop.House": `message House {
  enum Kind {
    FLAT = 0;
    HOUSE = 1;
  }
  message None {}
  required float area = 1;
  optional string street = 2 [default = "a \\"b\\""];
  optional Kind kind = 3 [default = FLAT];
  repeated int32 rooms = 4;
  map<string, int64> notes = 5;
  oneof contact {
    string owner = 6;
    string agent = 7;
  }
}
`,
    "shop.House.Kind": "enum Kind {\n  FLAT = 0;\n  HOUSE = 1;\n}\n",
    "shop.House.None": "message None {}\n",
    "shop.Request": "message Request {\n  optional int32 limit = 1;\n  string name = 2;\n}\n",
  });
});

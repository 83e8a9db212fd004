/** A header list and its block in hex, and what the dynamic table holds afterwards, newest first. */
export interface HeaderExample {
  readonly section: string;
  readonly block: string;
  readonly fields: readonly string[];
  readonly table: readonly string[];
}

/** Blocks of one connection, in order. */
export interface ExampleSequence {
  readonly tableSize: number;
  readonly examples: readonly HeaderExample[];
}

const requests = [
  {
    fields: [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
    table: [":authority: www.example.com"],
  },
  {
    fields: [
      ":method: GET",
      ":scheme: http",
      ":path: /",
      ":authority: www.example.com",
      "cache-control: no-cache",
    ],
    table: ["cache-control: no-cache", ":authority: www.example.com"],
  },
  {
    fields: [
      ":method: GET",
      ":scheme: https",
      ":path: /index.html",
      ":authority: www.example.com",
      "custom-key: custom-value",
    ],
    table: ["custom-key: custom-value", "cache-control: no-cache", ":authority: www.example.com"],
  },
];

const first = "date: Mon, 21 Oct 2013 20:13:21 GMT";
const second = "date: Mon, 21 Oct 2013 20:13:22 GMT";
const place = "location: https://www.example.com";
const cookie = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

const responses = [
  {
    fields: [":status: 302", "cache-control: private", first, place],
    table: [place, first, "cache-control: private", ":status: 302"],
  },
  {
    fields: [":status: 307", "cache-control: private", first, place],
    table: [":status: 307", place, first, "cache-control: private"],
  },
  {
    fields: [":status: 200", "cache-control: private", second, place, "content-encoding: gzip", cookie],
    table: [cookie, "content-encoding: gzip", second],
  },
];

/** C.2: one field each, in each representation. */
export const representations: readonly HeaderExample[] = [
  {
    section: "C.2.1",
    block: "400a637573746f6d2d6b65790d637573746f6d2d686561646572",
    fields: ["custom-key: custom-header"],
    table: ["custom-key: custom-header"],
  },
  { section: "C.2.2", block: "040c2f73616d706c652f70617468", fields: [":path: /sample/path"], table: [] },
  {
    section: "C.2.3",
    block: "100870617373776f726406736563726574",
    fields: ["password: secret"],
    table: [],
  },
  { section: "C.2.4", block: "82", fields: [":method: GET"], table: [] },
];

export const plainRequests: ExampleSequence = sequence("C.3", 4096, requests, [
  "828684410f7777772e6578616d706c652e636f6d",
  "828684be58086e6f2d6361636865",
  "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
]);

export const huffmanRequests: ExampleSequence = sequence("C.4", 4096, requests, [
  "828684418cf1e3c2e5f23a6ba0ab90f4ff",
  "828684be5886a8eb10649cbf",
  "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
]);

export const plainResponses: ExampleSequence = sequence("C.5", 256, responses, [
  "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54" +
    "6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
  "4803333037c1c0bf",
  "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a6970" +
    "7738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
]);

export const huffmanResponses: ExampleSequence = sequence("C.6", 256, responses, [
  "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
  "4883640effc1c0bf",
  "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab" +
    "77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
]);

function sequence(
  section: string,
  tableSize: number,
  lists: readonly Pick<HeaderExample, "fields" | "table">[],
  blocks: readonly string[],
): ExampleSequence {
  const examples = lists.map((list, at) => ({
    ...list,
    section: `${section}.${at + 1}`,
    block: blocks[at] ?? "",
  }));
  return { tableSize, examples };
}

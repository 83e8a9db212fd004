import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { staticTable } from "../hpack/static-table.js";
import { toLines } from "../hpack/testing/field-lines.js";
import { huffmanRequests, plainRequests } from "../hpack/testing/rfc7541-examples.js";
import type { Http2Limits } from "../limits/http2-limits.js";
import { settings, TestPeer, toFields } from "../testing/test-peer.js";
import { headers, literals, play, request } from "./rules.js";

/** `:method: GET`, `:scheme: http` and `:path: /`, by their places in the static table. */
const get = "828684";

/** A connection that opens a stream for each header block given in hex, and what came of it. */
class Blocks {
  readonly lists: (readonly string[])[] = [];
  readonly peer: TestPeer;
  #nextId = 1;

  constructor(limits: Partial<Http2Limits> = {}) {
    this.peer = TestPeer.connected({
      limits,
      handler: {
        onHeaders: (stream, fields): undefined => {
          this.lists.push(toLines(fields));
          stream.sendHeaders(toFields([[":status", "200"]]), true);
        },
      },
    });
  }

  send(...blocks: readonly string[]): this {
    for (const block of blocks) {
      play(this.peer, [{ ...headers(this.#nextId, []), payload: Buffer.from(block, "hex") }]);
      this.#nextId += 2;
    }
    return this;
  }

  /** The fields of the last block behind those of `get`. */
  get lastFields(): readonly string[] | undefined {
    return this.lists.at(-1)?.slice(3);
  }
}

/** What a block means behind `get`, after other blocks. */
function decodes(section: string, cases: Readonly<Record<string, Case>>): void {
  for (const [name, { after = [], block, fields }] of Object.entries(cases)) {
    test(`${section} ${name}`, () => {
      const blocks = new Blocks().send(...after.map((each) => get + each), get + block);
      assert.deepEqual(blocks.lastFields, fields);
    });
  }
}

interface Case {
  readonly after?: readonly string[];
  readonly block: string;
  readonly fields: readonly string[];
}

/** Blocks, the whole of them, that end the connection with COMPRESSION_ERROR. */
function refuses(section: string, cases: Readonly<Record<string, string | readonly string[]>>): void {
  for (const [name, given] of Object.entries(cases)) {
    test(`${section} ${name}`, () => {
      const all = typeof given === "string" ? [given] : given;
      const blocks = new Blocks().send(...all.slice(0, -1));
      assert.equal(blocks.peer.connection.state, "open");
      blocks.send(...all.slice(-1));
      assert.equal(blocks.peer.take().at(-1), `GOAWAY ${Math.max(2 * all.length - 3, 0)} compressionError`);
    });
  }
}

/** A literal that enters the table, in hex: `name: value`. */
function indexed(name: string, value: string): string {
  return `40${literals([[name, value]])
    .toString("hex")
    .slice(2)}`;
}

describe("RFC 7541, 2.3: indexing tables", () => {
  test("2.3.1 every place of the static table gives its field", () => {
    for (let index = 8; index <= 14; index++) assert.match(staticTable[index - 1]?.name ?? "", /^:status$/);
    for (let index = 15; index <= 61; index++) {
      const field = staticTable[index - 1];
      assert.ok(field);
      // A few fields of the static table are no part of any request of HTTP/2.
      if (field.name === "transfer-encoding") continue;
      const byName = `0f${(index - 15).toString(16).padStart(2, "0")}0130`;
      assert.deepEqual(new Blocks().send(get + byName).lastFields, [`${field.name}: 0`]);
    }
  });

  decodes("2.3.2", {
    "the newest entry has the lowest place": {
      after: [indexed("a", "1") + indexed("b", "2")],
      block: "bebf",
      fields: ["b: 2", "a: 1"],
    },
    "the table may hold the same field twice": {
      after: [indexed("a", "1") + indexed("a", "1")],
      block: "bebf",
      fields: ["a: 1", "a: 1"],
    },
  });
  refuses("2.3.3", {
    "an index behind the last entry ends the connection": [get + indexed("a", "1"), `${get}bf`],
    "an index of 0 ends the connection": `${get}80`,
    "the name of a literal behind the last entry ends the connection": `${get}7e0130`,
    "an index into the dynamic table of a new connection ends it": `${get}be`,
  });
});

describe("RFC 7541, 3.2: processing of a header block", () => {
  test("3.2 fields come in the order they stand in, the same name also twice", () => {
    const block = indexed("a", "1") + indexed("b", "2") + indexed("a", "3");
    assert.deepEqual(new Blocks().send(get + block).lastFields, ["a: 1", "b: 2", "a: 3"]);
  });

  test("3.2 an entry counts from the field behind it on, in the same block", () => {
    assert.deepEqual(new Blocks().send(`${get}${indexed("a", "1")}be`).lastFields, ["a: 1", "a: 1"]);
  });
});

describe("RFC 7541, 4: dynamic table management", () => {
  /** Takes 4096 bytes with its name and the 32 bytes of every entry. */
  const whole = indexed("a", "x".repeat(4096 - 32 - 1));
  refuses("4.2", {
    "a size above the one announced ends the connection": `3fe21f${get}`,
    "a size update behind a field ends the connection": `${get}20`,
    "a size update between fields ends the connection": `8220${get}`,
  });
  test("4.2 a block may begin with size updates, up to the one announced", () => {
    const blocks = new Blocks().send(
      get + indexed("a", "1"),
      `203fe11f${get}${indexed("b", "2")}`,
      `${get}be`,
    );
    assert.deepEqual(blocks.lastFields, ["b: 2"]);
  });
  refuses("4.3", {
    "a smaller size evicts the oldest entries": [
      get + indexed("a", "1") + indexed("b", "2"),
      `3f03${get}be`,
      `${get}bf`,
    ],
    "a size of 0 evicts all": [get + indexed("a", "1"), `20${get}`, `3fe11f${get}be`],
  });
  decodes("4.1", {
    "an entry counts 32 bytes beside name and value: 4096 bytes fit": {
      after: [whole],
      block: "be",
      fields: [`a: ${"x".repeat(4063)}`],
    },
  });
  refuses("4.1", {
    "an entry of 4097 bytes does not fit": [get + indexed("ab", "x".repeat(4063)), `${get}be`],
  });
  decodes("4.4", {
    "an entry larger than the table is no error": {
      block: indexed("ab", "x".repeat(4063)),
      fields: [`ab: ${"x".repeat(4063)}`],
    },
    "the name of an entry may be used by the one that evicts it": {
      after: [whole],
      block: "7e0131",
      fields: ["a: 1"],
    },
  });
  refuses("4.4", {
    "an entry larger than the table empties it": [
      get + indexed("a", "1"),
      get + indexed("ab", "x".repeat(4063)),
      `${get}be`,
    ],
  });
});

describe("RFC 7541, 5.1: integers", () => {
  decodes("5.1", {
    "an integer may fill its prefix and no more": { block: "0f00" + "0130", fields: ["accept-charset: 0"] },
    "an integer may have zeros at its end": { block: "0f80808000" + "0130", fields: ["accept-charset: 0"] },
  });
  refuses("5.1", {
    "an integer beyond what any length can be ends the connection": `${get}ffffffffff7f`,
    "an integer of endless zeros ends the connection": `${get}ff${"80".repeat(20)}00`,
    "an integer that is cut ends the connection": `${get}ff80`,
  });
});

describe("RFC 7541, 5.2: string literals", () => {
  decodes("5.2", {
    "a string may be Huffman-coded, or not, or both in a field": {
      block: `00${"8294e7"}${"03626172"}`,
      fields: ["foo: bar"],
    },
    "a string may be empty": { block: `00${"0178"}00`, fields: ["x: "] },
    "a Huffman-coded string may be empty": { block: `00${"0178"}80`, fields: ["x: "] },
    "padding of 7 bits is right": { block: `00${"0178"}8107`, fields: ["x: 0"] },
  });
  refuses("5.2", {
    "a string longer than its block ends the connection": `${get}0001780361`,
    "a field without a value ends the connection": `${get}000178`,
    "the end-of-string symbol ends the connection": `${get}00017884ffffffff`,
    "padding of zeros ends the connection": `${get}0001788100`,
    "padding of 8 bits ends the connection": `${get}0001788207ff`,
  });
});

describe("RFC 7541, 6: binary format", () => {
  decodes("6.2", {
    "a literal with incremental indexing enters the table": {
      after: [indexed("a", "1")],
      block: "be",
      fields: ["a: 1"],
    },
    "its name may come from the table": {
      after: [indexed("a", "1")],
      block: "7e0132be",
      fields: ["a: 2", "a: 2"],
    },
  });
  refuses("6.2", {
    "a literal without indexing does not enter the table": [`${get}0001610131`, `${get}be`],
    "a literal never indexed does not enter the table": [`${get}1001610131`, `${get}be`],
  });
});

describe("RFC 7541, appendix C, as a connection sees it", () => {
  for (const { examples } of [plainRequests, huffmanRequests]) {
    test(`${examples[0]?.section.slice(0, 3)} three requests`, () => {
      const blocks = new Blocks().send(...examples.map(({ block }) => block));
      assert.deepEqual(
        blocks.lists,
        examples.map(({ fields }) => fields),
      );
    });
  }
});

describe("RFC 9113, 4.3.1: compression state", () => {
  /** The first bytes of the next answer's header block, in hex. */
  function nextBlock(peer: TestPeer, streamId: number): string {
    play(peer, [request(streamId)]);
    peer.handler.stream(streamId).sendHeaders(
      toFields([
        [":status", "200"],
        ["x", "y"],
      ]),
      true,
    );
    const frame = peer.takeFrames().find(({ type }) => type === "headers");
    return frame?.type === "headers" ? Buffer.from(frame.block).toString("hex") : "";
  }

  test("4.3.1 the server keeps to the client's SETTINGS_HEADER_TABLE_SIZE and says so in its next block", () => {
    const peer = TestPeer.connected();
    play(peer, [settings([1, 0])]);
    assert.match(nextBlock(peer, 1), /^2088/);
    assert.match(nextBlock(peer, 3), /^88(?:00|40)/);
  });

  test("4.3.1 a size that was smaller in between is told before the last one", () => {
    const peer = TestPeer.connected();
    nextBlock(peer, 1);
    play(peer, [settings([1, 0]), settings([1, 4096])]);
    assert.match(nextBlock(peer, 3), /^203fe11f88/);
  });

  test("4.3.1 a size that was smaller in between is told too when one SETTINGS says both", () => {
    const peer = TestPeer.connected();
    nextBlock(peer, 1);
    play(peer, [settings([1, 0], [1, 4096])]);
    assert.match(nextBlock(peer, 3), /^203fe11f88/);
  });

  test("4.3.1 a larger size need not be used", () => {
    const peer = TestPeer.connected({}, [1, 2 ** 32 - 1]);
    assert.match(nextBlock(peer, 1), /^88/);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ack, data, endHeaders, endStream, frame, request, uint32, windowUpdate } from "./http2-frames.js";
import { Scene } from "./scene.js";

/** Many times the same thing in one write. */
function many(count: number, bytesOf: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => bytesOf(index)));
}

/** Ids of streams that no burst before has used. */
function idOf(round: number, index: number): number {
  return 2 * (round * perBurst + index) + 1;
}

const perBurst = 100;
const none = Buffer.alloc(0);

/** Bursts that each client may send some of and none for ever, and the limit that ends the connection. */
const floods: Readonly<
  Record<string, { readonly limit: string; readonly burst: (round: number) => Buffer }>
> = {
  "rapid reset: requests that are cancelled at once": {
    limit: "resets",
    burst: (round) =>
      many(perBurst, (index) => {
        const streamId = idOf(round, index);
        return Buffer.concat([
          request(streamId, false),
          frame("RST_STREAM", { streamId, payload: uint32(8) }),
        ]);
      }),
  },
  "made you reset: WINDOW_UPDATE of 0 on each request": {
    limit: "resets",
    burst: (round) =>
      many(perBurst, (index) =>
        Buffer.concat([request(idOf(round, index), false), windowUpdate(idOf(round, index), 0)]),
      ),
  },
  "made you reset: windows beyond 2^31-1": {
    limit: "resets",
    burst: (round) =>
      many(perBurst, (index) =>
        Buffer.concat([request(idOf(round, index), false), windowUpdate(idOf(round, index), 2 ** 31 - 1)]),
      ),
  },
  "made you reset: DATA behind the end": {
    limit: "resets",
    burst: (round) =>
      many(perBurst, (index) =>
        Buffer.concat([request(idOf(round, index), true), data(idOf(round, index), none, true)]),
      ),
  },
  "made you reset: requests that are malformed, by header blocks of no bytes": {
    limit: "resets",
    burst: (round) =>
      many(perBurst, (index) =>
        frame("HEADERS", { streamId: idOf(round, index), flags: endHeaders | endStream }),
      ),
  },
  SETTINGS: { limit: "settings_flood", burst: () => many(perBurst, () => frame("SETTINGS")) },
  "acknowledgements of SETTINGS": {
    limit: "settings_flood",
    burst: () => many(perBurst, () => frame("SETTINGS", { flags: ack })),
  },
  PING: {
    limit: "ping_flood",
    burst: () => many(perBurst, () => frame("PING", { payload: Buffer.alloc(8) })),
  },
  PRIORITY: {
    limit: "priority_flood",
    burst: () => many(perBurst, () => frame("PRIORITY", { streamId: 1, payload: Buffer.alloc(5) })),
  },
  "WINDOW_UPDATE of one byte on the connection": {
    limit: "window_update_flood",
    burst: () => many(perBurst, () => windowUpdate(0, 1)),
  },
  "WINDOW_UPDATE of one byte on a stream": {
    limit: "window_update_flood",
    burst: (round) => Buffer.concat([opened(round), many(perBurst, () => windowUpdate(1, 1))]),
  },
  "DATA without a byte": {
    limit: "empty_data_flood",
    burst: (round) => Buffer.concat([opened(round), many(perBurst, () => data(1, none))]),
  },
  "DATA of one byte": {
    limit: "small_data_flood",
    burst: (round) => Buffer.concat([opened(round), many(perBurst, () => data(1, Buffer.of(0x61)))]),
  },
  "DATA of nothing but padding": {
    limit: "empty_data_flood",
    burst: (round) =>
      Buffer.concat([
        opened(round),
        many(perBurst, () => frame("DATA", { streamId: 1, flags: 8, payload: Buffer.of(2, 0, 0) })),
      ]),
  },
  "frames of unknown types": {
    limit: "unknown_frame_flood",
    burst: () => many(perBurst, () => frame(0x99, { payload: Buffer.alloc(10) })),
  },
  "RST_STREAM on a stream that is closed": {
    limit: "late_frame_flood",
    burst: (round) =>
      Buffer.concat([
        opened(round),
        many(perBurst, () => frame("RST_STREAM", { streamId: 1, payload: uint32(8) })),
      ]),
  },
  "CONTINUATION without a byte": {
    limit: "header_block",
    burst: (round) =>
      round === 0
        ? frame("HEADERS", { streamId: 1, flags: endStream })
        : many(perBurst, () => frame("CONTINUATION", { streamId: 1 })),
  },
  "CONTINUATION of large fragments": {
    limit: "header_block",
    burst: (round) =>
      round === 0
        ? frame("HEADERS", { streamId: 1, flags: endStream })
        : frame("CONTINUATION", { streamId: 1, payload: Buffer.alloc(16_000, 0x82) }),
  },
  "requests beyond those that may be open": {
    limit: "resets",
    burst: (round) => many(perBurst, (index) => request(idOf(round, index), false)),
  },
};

/** A request in the first burst, for frames that need an open stream. */
function opened(round: number): Buffer {
  return round === 0 ? request(1, false) : none;
}

const enhanceYourCalm = 11;

describe("floods of HTTP/2", { concurrency: 2 }, () => {
  for (const [name, { limit, burst }] of Object.entries(floods)) {
    test(`${name}: the connection ends by the limit ${limit}, and others are served`, async () => {
      await using scene = await Scene.open();
      const attacker = await scene.attacker();
      await scene.flood(attacker, burst);
      assert.deepEqual(attacker.codes("GOAWAY"), [enhanceYourCalm]);
      assert.ok(scene.answered > 1);
      const { limits } = await scene.checkGone(attacker);
      assert.equal(limits[limit], 1);
    });
  }

  test("header lists far larger than their blocks are answered with 431, each of them", async () => {
    await using scene = await Scene.open();
    const attacker = await scene.attacker();
    // An entry of nearly the whole table, and blocks that name it 15 000 times: 60 MB each.
    const entry = Buffer.concat([Buffer.of(0x40, 1, 0x61, 0x7f, 0xe0, 0x1e), Buffer.alloc(4063, 0x78)]);
    attacker.write(
      frame("HEADERS", {
        streamId: 1,
        flags: endHeaders | endStream,
        payload: Buffer.concat([Buffer.of(0x83, 0x86, 0x84), entry]),
      }),
    );
    for (let round = 1; round <= 50; round++) {
      const payload = Buffer.concat([Buffer.of(0x83, 0x86, 0x84), Buffer.alloc(15_000, 0xbe)]);
      attacker.write(frame("HEADERS", { streamId: 2 * round + 1, flags: endHeaders | endStream, payload }));
      await scene.echo();
    }
    // Everything is read when the answer to this is there.
    attacker.write(frame("PING", { payload: Buffer.from("complete") }));
    while (!attacker.received.some(({ type }) => type === "PING")) await scene.echo();
    const ends = attacker.received.filter(({ type, streamId }) => type === "HEADERS" && streamId > 1);
    assert.equal(ends.length, 50);
    assert.ok(ends.every(({ flags }) => (flags & endStream) !== 0));
    assert.equal((await scene.server.report()).limits.header_list, 50);
    attacker.socket.destroy();
  });
});

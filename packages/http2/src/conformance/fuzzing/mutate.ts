import type { RawFrame } from "../../testing/raw-frame.js";
import { settingsPayload, uint32 } from "../../testing/raw-frame.js";
import type { Random } from "./random.js";
import type { RecordedFrame } from "./recordings.js";

type Mutation = (frame: RecordedFrame, random: Random) => RawFrame;

/** Numbers at which something turns: of windows, of ids, of sizes. */
const edges = [0, 1, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 65_535, 16_384, 16_385] as const;

/** Each changes one thing; a change may leave the frame right. */
const mutations: readonly [Mutation, ...Mutation[]] = [
  flipBit,
  flipBit,
  writeEdge,
  cut,
  lengthen,
  (frame, random) => ({ ...frame, flags: frame.flags ^ (1 << random.below(8)) }),
  (frame, random) => ({ ...frame, type: random.below(12) }),
  (frame, random) => ({ ...frame, streamId: random.below(24) }),
  (frame, random) => ({ ...frame, streamId: frame.streamId + 2 * random.below(4) }),
  (frame, random) => ({ ...frame, streamId: random.pick(edges) }),
  (frame, random) => ({ ...frame, length: Math.max(frame.payload.length + random.below(9) - 4, 0) }),
  (frame, random) => ({ ...frame, length: random.below(2 ** 24) }),
  (frame, random) => changeSettings(frame, random),
];

/** The frame with one thing about it changed. */
export function mutate(frame: RecordedFrame, random: Random): RawFrame {
  return random.pick(mutations)(frame, random);
}

/** A frame that nobody sent. */
export function randomFrame(random: Random): RawFrame {
  return {
    type: random.below(random.oneIn(8) ? 256 : 11),
    flags: random.oneIn(2) ? random.below(256) : random.pick([0, 1, 4, 5]),
    streamId: random.oneIn(8) ? random.pick(edges) : random.below(16),
    payload: random.oneIn(4) ? uint32(random.pick(edges)) : random.bytes(random.below(40)),
  };
}

function flipBit(frame: RecordedFrame, random: Random): RawFrame {
  if (frame.payload.length === 0) return { ...frame, flags: frame.flags ^ (1 << random.below(8)) };
  const payload = Uint8Array.from(frame.payload);
  const at = random.below(payload.length);
  payload[at] = (payload[at] ?? 0) ^ (1 << random.below(8));
  return { ...frame, payload };
}

function writeEdge(frame: RecordedFrame, random: Random): RawFrame {
  if (frame.payload.length < 4) return { ...frame, payload: uint32(random.pick(edges)) };
  const payload = Buffer.from(frame.payload);
  payload.writeUInt32BE(random.pick(edges), random.below(payload.length - 3));
  return { ...frame, payload };
}

function cut(frame: RecordedFrame, random: Random): RawFrame {
  return { ...frame, payload: frame.payload.subarray(0, random.below(frame.payload.length + 1)) };
}

function lengthen(frame: RecordedFrame, random: Random): RawFrame {
  return { ...frame, payload: Buffer.concat([frame.payload, random.bytes(random.below(16))]) };
}

/** In place of a frame, settings that are right or just not. */
function changeSettings(_frame: RecordedFrame, random: Random): RawFrame {
  const entry = (): [number, number] => [
    random.below(8),
    random.oneIn(2) ? random.below(70_000) : random.pick(edges),
  ];
  return { type: 4, payload: settingsPayload(entry(), entry()) };
}

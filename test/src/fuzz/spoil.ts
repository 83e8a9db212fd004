import type { Dice } from "./dice.js";

/** One way to make bytes wrong; `stranger` is another frame of the same protocol. */
type Spoiler = (bytes: Buffer, dice: Dice, stranger: Buffer) => Buffer;

/** Numbers at which lengths, counts and signs turn over. */
const edges = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

const changeBytes: Spoiler = (bytes, dice) => {
  const changed = Buffer.from(bytes);
  for (let count = 1 + dice.below(4); count > 0 && changed.length > 0; count--) {
    changed[dice.below(changed.length)] = dice.below(256);
  }
  return changed;
};

const flipBit: Spoiler = (bytes, dice) => {
  const changed = Buffer.from(bytes);
  const at = dice.below(changed.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << dice.below(8));
  return changed;
};

const setEdge: Spoiler = (bytes, dice) => {
  if (bytes.length < 4) return changeBytes(bytes, dice, bytes);
  const changed = Buffer.from(bytes);
  const at = dice.below(changed.length - 3);
  if (dice.oneIn(2)) changed.writeUInt32BE(dice.pick(edges), at);
  else changed.writeUInt32LE(dice.pick(edges), at);
  return changed;
};

const insert: Spoiler = (bytes, dice) => {
  const at = dice.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), dice.bytes(1 + dice.below(16)), bytes.subarray(at)]);
};

const remove: Spoiler = (bytes, dice) => {
  const at = dice.below(bytes.length);
  const end = at + 1 + dice.below(dice.oneIn(4) ? bytes.length : 8);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
};

const repeat: Spoiler = (bytes, dice) => {
  const at = dice.below(bytes.length);
  const end = at + 1 + dice.below(bytes.length - at);
  const part = Array<Buffer>(1 + dice.below(8)).fill(bytes.subarray(at, end));
  return Buffer.concat([bytes.subarray(0, end), ...part, bytes.subarray(end)]);
};

const cutOff: Spoiler = (bytes, dice) => bytes.subarray(0, dice.below(bytes.length));

const splice: Spoiler = (bytes, dice, stranger) =>
  Buffer.concat([
    bytes.subarray(0, dice.below(bytes.length + 1)),
    stranger.subarray(dice.below(stranger.length + 1)),
  ]);

const spoilers: readonly Spoiler[] = [
  changeBytes,
  changeBytes,
  flipBit,
  flipBit,
  setEdge,
  setEdge,
  insert,
  remove,
  repeat,
  cutOff,
  splice,
];

/** The bytes of a frame with one thing wrong, now and then with more. */
export function spoil(bytes: Buffer, stranger: Buffer, dice: Dice): Buffer {
  let spoilt = bytes;
  do {
    if (spoilt.length === 0) return dice.bytes(1 + dice.below(16));
    spoilt = dice.pick(spoilers)(spoilt, dice, stranger);
  } while (dice.oneIn(3));
  return spoilt;
}

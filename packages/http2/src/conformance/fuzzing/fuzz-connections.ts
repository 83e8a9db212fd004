import type { RawFrame } from "../../testing/raw-frame.js";
import { FuzzedConnection } from "./fuzzed-connection.js";
import { mutate, randomFrame } from "./mutate.js";
import { Random } from "./random.js";
import { type RecordedFrame, readRecording, recordingNames } from "./recordings.js";

export interface FuzzOptions {
  /** Frames to change: most of them in one place, others are sent twice, not at all or behind a stray one. */
  readonly mutatedFrames: number;
  /** Frames to make up and send. */
  readonly randomFrames: number;
  readonly seed: number;
  /** Called after so many connections. */
  readonly onProgress?: (connections: number) => void;
}

export interface FuzzReport {
  readonly connections: number;
  /** All frames, those between the changed ones as they were recorded. */
  readonly frames: number;
  readonly mutatedFrames: number;
  readonly randomFrames: number;
}

/** The first frame of a client that is right, so that a connection comes to the frames behind it. */
const settings: RawFrame = { type: 4 };

/**
 * Plays recorded connections with frames changed, and made-up ones, to server connections.
 * @throws AssertionError with the number of the connection when one does what it must not.
 */
export function fuzzConnections({ mutatedFrames, randomFrames, seed, onProgress }: FuzzOptions): FuzzReport {
  const recordings = recordingNames.map(readRecording);
  const sent = { connections: 0, frames: 0, mutatedFrames: 0, randomFrames: 0 };
  while (sent.mutatedFrames < mutatedFrames || sent.randomFrames < randomFrames) {
    // Far apart for neighbouring seeds, which would otherwise play nearly the same connections.
    const random = new Random(Math.imul(seed, 0x85ebca6b) + sent.connections);
    try {
      if (sent.mutatedFrames < mutatedFrames) playMutated(recordings, random, sent);
      else playRandom(random, sent);
    } catch (error) {
      throw new Error(`connection ${sent.connections} of seed ${seed} failed`, { cause: error });
    }
    sent.connections++;
    onProgress?.(sent.connections);
  }
  return sent;
}

type Counts = { -readonly [Name in keyof FuzzReport]: number };

function playMutated(recordings: readonly (readonly RecordedFrame[])[], random: Random, sent: Counts): void {
  const recording = recordings[random.below(recordings.length)] ?? [];
  const connection = new FuzzedConnection(random);
  const isChanged = 2 + random.below(6);
  // Changes of the first SETTINGS end most connections: half of them begin with others, that are right.
  if (random.oneIn(2)) connection.send([settings]);
  for (let at = 0; at < recording.length && connection.isOpen; ) {
    const end = at + 1 + random.below(4);
    const batch = recording.slice(at, end).flatMap((frame): readonly RawFrame[] => {
      if (!random.oneIn(isChanged)) return [frame];
      sent.mutatedFrames++;
      return changed(frame, recordings, random);
    });
    at = end;
    sent.frames += batch.length;
    if (batch.length > 0) connection.send(batch);
  }
  connection.end();
}

/** A frame in another form, twice, not at all, or with one of another client's before it. */
function changed(
  frame: RecordedFrame,
  recordings: readonly (readonly RecordedFrame[])[],
  random: Random,
): readonly RawFrame[] {
  switch (random.below(10)) {
    case 0:
      return [frame, frame];
    case 1:
      return [];
    case 2: {
      const other = recordings[random.below(recordings.length)] ?? [];
      const stray = other[random.below(other.length)] ?? frame;
      return [stray, frame];
    }
    default:
      return [mutate(frame, random)];
  }
}

function playRandom(random: Random, sent: Counts): void {
  const connection = new FuzzedConnection(random);
  connection.send([settings]);
  for (let count = 0; count < 50 && connection.isOpen; count++) {
    connection.send([randomFrame(random)]);
    sent.frames++;
    sent.randomFrames++;
  }
  connection.end();
}

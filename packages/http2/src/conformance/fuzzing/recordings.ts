import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connectionPreface, frameHeaderSize } from "../../frame/frame-type.js";
import type { RawFrame } from "../../testing/raw-frame.js";

/** A frame as a client sent it. */
export type RecordedFrame = Required<Omit<RawFrame, "length">> & { readonly payload: Uint8Array };

/** What clients of other makers sent over one connection each, beside the sources, which are not compiled. */
const folder = new URL("../../../src/conformance/recorded/", import.meta.url);

export const recordingNames = [
  "curl",
  "nghttp",
  "nghttp-many",
  "h2load",
  "grpcio",
  "grpc-js",
  "node",
] as const;

/** All that a client sent after its preface. */
export function readRecording(name: (typeof recordingNames)[number]): readonly RecordedFrame[] {
  return splitFrames(
    readFileSync(fileURLToPath(new URL(`${name}.bin`, folder))).subarray(connectionPreface.length),
  );
}

/** The frames that are whole at the beginning of `bytes`. */
export function splitFrames(bytes: Buffer): readonly RecordedFrame[] {
  const frames: RecordedFrame[] = [];
  for (let at = 0; at + frameHeaderSize <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    const start = at + frameHeaderSize;
    if (start + length > bytes.length) break;
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      streamId: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return frames;
}

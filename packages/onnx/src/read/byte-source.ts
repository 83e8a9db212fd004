import { readSync } from "node:fs";

/** Bytes that can be read from any position, so that what nobody asks for is never in memory. */
export interface ByteSource {
  readonly size: number;
  /** At least `length` bytes from `position`, or all there are up to the end. The view is valid until the next read. */
  read(position: number, length: number): Buffer;
}

export function bytesSource(bytes: Uint8Array): ByteSource {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { size: view.length, read: (position) => view.subarray(position) };
}

/** Large enough that a model without weights takes few reads, small enough to cost nothing when a weight follows. */
const windowBytes = 65_536;

/**
 * An open file. Reads are synchronous: the walk that asks for them is, and what it reads of a model, all but the
 * weights, is small and was just written or is about to be loaded.
 */
export function fileSource(fd: number, size: number): ByteSource {
  let buffer = Buffer.allocUnsafe(windowBytes);
  return {
    size,
    read(position, length) {
      if (length > buffer.length) buffer = Buffer.allocUnsafe(length);
      return buffer.subarray(0, readFully(fd, buffer, position));
    },
  };
}

/** A single read may give less than is there; 0 means the end. */
function readFully(fd: number, buffer: Buffer, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

import type { FileHandle } from "node:fs/promises";

/** Bytes copied at a time. */
const pieceBytes = 4 * 1024 * 1024;

export interface CopiedRange {
  readonly offset: number;
  readonly length: number;
  /** Where it goes in the target. */
  readonly position: number;
}

/** Copies a part of one file into another. */
export async function copyRange(source: FileHandle, target: FileHandle, range: CopiedRange): Promise<void> {
  const { offset, length, position } = range;
  const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, length));
  for (let done = 0; done < length; ) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, length - done), offset + done);
    if (bytesRead === 0) throw new Error("the file of the weights is too short");
    await writeFully(target, buffer.subarray(0, bytesRead), position + done);
    done += bytesRead;
  }
}

/** A single write may take less than all, on a disk that is getting full. */
export async function writeFully(target: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await target.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

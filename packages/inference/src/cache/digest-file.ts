import { createHash, webcrypto } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** Pieces are read and digested on the runtime's threads, this many at a time. */
const parallel = 4;

/** Small, for malloc keeps what was freed: twice `parallel` of these stay with the process. */
const pieceBytes = 1024 * 1024;

/**
 * SHA-256 over the SHA-256 of each MiB of a file, in hex. WebCrypto digests off the event loop and takes only whole
 * buffers; in pieces a file of any size takes 8 MiB, and as many cores as there are.
 */
export async function digestFile(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const count = Math.ceil(size / pieceBytes);
  const digests = new Array<Uint8Array>(count);
  let next = 0;
  const digestPieces = async (): Promise<void> => {
    const buffer = new Uint8Array(Math.min(pieceBytes, size));
    for (let piece = next++; piece < count; piece = next++) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, piece * pieceBytes);
      digests[piece] = new Uint8Array(
        await webcrypto.subtle.digest("SHA-256", buffer.subarray(0, bytesRead)),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, digestPieces));
  const whole = createHash("sha256");
  for (const digest of digests) whole.update(digest);
  return whole.digest("hex");
}

import { createHash, webcrypto } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "../read/wire-reader.js";

const pieceBytes = 4 * 1024 * 1024;

/** Digesting less at once on this thread is quicker than the way to another one. */
const maxBytesHere = 65_536;

/** SHA-256 over the SHA-256 of each 4 MiB, in hex; whoever holds the bytes gets the same as whoever reads a file. */
export async function digestBytes(bytes: Uint8Array): Promise<string> {
  const whole = createHash("sha256");
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    whole.update(await digestPiece(bytes.subarray(at, at + pieceBytes)));
  }
  return whole.digest("hex");
}

/** `digestBytes` of a part of a file, of which 4 MiB are in memory at a time. */
export async function digestRange(file: FileHandle, { offset, length }: ByteRange): Promise<string> {
  const whole = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(Math.min(pieceBytes, length));
  for (let done = 0; done < length; ) {
    const wanted = Math.min(pieceBytes, length - done);
    await readFully(file, buffer.subarray(0, wanted), offset + done);
    whole.update(await digestPiece(buffer.subarray(0, wanted)));
    done += wanted;
  }
  return whole.digest("hex");
}

export async function readFully(file: FileHandle, buffer: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < buffer.length; ) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) throw new Error("the file of the weights is too short");
    done += bytesRead;
  }
}

async function digestPiece(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length <= maxBytesHere) return createHash("sha256").update(bytes).digest();
  // Node.js takes any view here; its types want one that is known not to be shared.
  return new Uint8Array(await webcrypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import type { CipherKey } from "./cipher-key.js";
import {
  decodeHeader,
  encodeHeader,
  frameCount,
  frameNonce,
  headerBytes,
  type SealedHeader,
  sealedLimits,
  tagBytes,
} from "./sealed-header.js";

const algorithm = "aes-256-gcm";

/** Takes the content of a file, piece by piece; a piece is valid until it returns. */
type Take = (piece: Buffer, position: number) => Promise<void> | void;

/** Encrypts a file into another, which must not be there; a frame of it is in memory at a time. */
export async function sealFile(
  source: string,
  target: string,
  key: CipherKey,
  frameBytes: number = sealedLimits.frameBytes,
): Promise<void> {
  const input = await open(source, "r");
  try {
    const { size: contentBytes } = await input.stat();
    const { maxContentBytes } = sealedLimits;
    if (contentBytes > maxContentBytes) {
      throw new Error(`${source}: has ${contentBytes} bytes, at most ${maxContentBytes} can be encrypted`);
    }
    const header = encodeHeader({ key, salt: randomBytes(32), frameBytes, contentBytes });
    await writeNew(target, (output) => sealFrames({ input, output, source }, header, key));
  } finally {
    await input.close();
  }
}

interface Sealing {
  readonly input: FileHandle;
  readonly output: FileHandle;
  readonly source: string;
}

async function sealFrames(
  { input, output, source }: Sealing,
  header: SealedHeader,
  key: CipherKey,
): Promise<void> {
  await writeAll(output, header.bytes, 0);
  const fileKey = key.fileKey(header.salt);
  const buffer = Buffer.allocUnsafeSlow(Math.min(header.frameBytes, header.contentBytes));
  try {
    for (const { index, isLast, position, length, sealedAt } of frames(header)) {
      const content = buffer.subarray(0, length);
      await readAll(input, content, { position, file: source });
      const cipher = createCipheriv(algorithm, fileKey, frameNonce(index, isLast)).setAAD(header.bytes);
      const sealed = Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
      await writeAll(output, sealed, sealedAt);
    }
  } finally {
    fileKey.fill(0);
    buffer.fill(0);
  }
}

/** Decrypts a file into memory; whoever gets the array wipes it. @throws Error as `openFrames`. */
export async function unsealToMemory(file: string, key: CipherKey): Promise<Uint8Array<ArrayBuffer>> {
  let content = new Uint8Array(0);
  const begin = (contentBytes: number): void => {
    content = new Uint8Array(contentBytes);
  };
  try {
    await openFrames(file, key, { begin, take: (piece, position) => content.set(piece, position) });
    return content;
  } catch (thrown) {
    content.fill(0);
    throw thrown;
  }
}

/** Decrypts a file into another, which must not be there. @throws Error as `openFrames`; then nothing is left. */
export async function unsealFile(source: string, target: string, key: CipherKey): Promise<void> {
  await writeNew(target, (output) =>
    openFrames(source, key, { take: (piece, position) => writeAll(output, piece, position) }),
  );
}

interface ContentSink {
  /** Told the size of the content before any of it; the key fits by then. */
  readonly begin?: (contentBytes: number) => void;
  readonly take: Take;
}

/** @throws Error that names the file when the key is another one, or the file is not, bit by bit, what was written. */
async function openFrames(file: string, key: CipherKey, { begin, take }: ContentSink): Promise<void> {
  const input = await open(file, "r");
  try {
    const header = await readHeader(input, file);
    const [wanted, given] = [header.keyId, key.id].map((id) => Buffer.from(id).toString("hex"));
    if (wanted !== given) {
      throw new Error(`${file}: is encrypted with another key: with ${wanted} by its id, not with ${given}`);
    }
    begin?.(header.contentBytes);
    await unsealFrames({ input, file, take }, header, key.fileKey(header.salt));
  } finally {
    await input.close();
  }
}

async function readHeader(input: FileHandle, file: string): Promise<SealedHeader> {
  const bytes = Buffer.alloc(headerBytes);
  const { size } = await input.stat();
  const { bytesRead } = await input.read(bytes, 0, headerBytes, 0);
  try {
    return decodeHeader(bytes.subarray(0, bytesRead), size);
  } catch (thrown) {
    throw new Error(`${file}: ${(thrown as Error).message}`);
  }
}

interface Unsealing {
  readonly input: FileHandle;
  readonly file: string;
  readonly take: Take;
}

async function unsealFrames(
  { input, file, take }: Unsealing,
  header: SealedHeader,
  fileKey: Buffer,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(header.frameBytes, header.contentBytes) + tagBytes);
  try {
    for (const { index, isLast, position, length, sealedAt } of frames(header)) {
      const sealed = buffer.subarray(0, length + tagBytes);
      await readAll(input, sealed, { position: sealedAt, file });
      const decipher = createDecipheriv(algorithm, fileKey, frameNonce(index, isLast));
      decipher.setAAD(header.bytes).setAuthTag(sealed.subarray(length));
      const piece = decipher.update(sealed.subarray(0, length));
      checkFrame(() => decipher.final(), `${file}: is damaged in frame ${index + 1}, or was changed`);
      await take(piece, position);
      piece.fill(0);
    }
  } finally {
    fileKey.fill(0);
  }
}

/** What the library says of it is no help to anybody. */
function checkFrame(final: () => void, message: string): void {
  try {
    final();
  } catch {
    throw new Error(message);
  }
}

interface Frame {
  readonly index: number;
  readonly isLast: boolean;
  /** In the content. */
  readonly position: number;
  readonly length: number;
  /** In the encrypted file. */
  readonly sealedAt: number;
}

function* frames({ contentBytes, frameBytes }: SealedHeader): Generator<Frame> {
  const count = frameCount(contentBytes, frameBytes);
  for (let index = 0; index < count; index++) {
    const position = index * frameBytes;
    const length = Math.min(frameBytes, contentBytes - position);
    const sealedAt = headerBytes + position + index * tagBytes;
    yield { index, isLast: index === count - 1, position, length, sealedAt };
  }
}

async function readAll(
  input: FileHandle,
  buffer: Buffer,
  { position, file }: { position: number; file: string },
): Promise<void> {
  for (let done = 0; done < buffer.length; ) {
    const { bytesRead } = await input.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) throw new Error(`${file}: became shorter while it was read`);
    done += bytesRead;
  }
}

async function writeAll(output: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await output.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** A file for its owner alone; when it cannot be written whole it is removed again. */
async function writeNew(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await write(file);
  } catch (thrown) {
    await rm(path, { force: true });
    throw thrown;
  } finally {
    await file.close();
  }
}

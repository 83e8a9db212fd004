import { type CipherKey, keyIdBytes } from "./cipher-key.js";

/** What an encrypted file begins with. docs/encryption.md has the layout. */
export interface SealedHeader {
  /** Bytes of the content in each frame; the last has the rest. */
  readonly frameBytes: number;
  /** Bytes of the whole content. */
  readonly contentBytes: number;
  readonly keyId: Uint8Array;
  readonly salt: Uint8Array;
  /** The header as it is written, which every frame is bound to. */
  readonly bytes: Uint8Array;
}

/** A letter above 127 and a line end of DOS: a transfer that takes it for text spoils it at once. */
const magic = Buffer.from("\x89PWENC\r\n", "latin1");
const version = 1;
/** AES-256-GCM with a key per file by HKDF-SHA256. */
const cipher = 1;
const saltBytes = 32;

export const headerBytes = 64;
export const tagBytes = 16;

export const sealedLimits = {
  /** Bytes of a frame; what is read must have been checked, so a whole frame is in memory. */
  frameBytes: 1_048_576,
  minFrameBytes: 4096,
  maxFrameBytes: 16_777_216,
  /** Bytes of the content of a file: what one array of Node.js holds. */
  maxContentBytes: 4_294_967_296,
} as const;

export interface HeaderParts {
  readonly key: CipherKey;
  readonly salt: Uint8Array;
  readonly frameBytes: number;
  readonly contentBytes: number;
}

export function encodeHeader({ key, salt, frameBytes, contentBytes }: HeaderParts): SealedHeader {
  const bytes = Buffer.alloc(headerBytes);
  magic.copy(bytes);
  bytes.writeUInt8(version, 8);
  bytes.writeUInt8(cipher, 9);
  bytes.writeUInt32LE(frameBytes, 12);
  bytes.writeBigUInt64LE(BigInt(contentBytes), 16);
  bytes.set(key.id, 24);
  bytes.set(salt, 24 + keyIdBytes);
  return { frameBytes, contentBytes, keyId: key.id, salt, bytes };
}

/**
 * Reads the header of a file of `fileBytes` bytes; nothing in it is authentic before a frame was opened, so what it says of
 * sizes is held against the file before memory is taken for it.
 * @throws Error that says what is wrong, without the name of the file.
 */
export function decodeHeader(bytes: Buffer, fileBytes: number): SealedHeader {
  if (bytes.length < headerBytes || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new Error("is no file that paddlewheel encrypt wrote");
  }
  const [major, algorithm] = [bytes.readUInt8(8), bytes.readUInt8(9)];
  if (major !== version || algorithm !== cipher || bytes.readUInt16LE(10) !== 0) {
    throw new Error(`is of version ${major} with cipher ${algorithm}; version 1 with cipher 1 can be read`);
  }
  const frameBytes = bytes.readUInt32LE(12);
  const contentBytes = Number(bytes.readBigUInt64LE(16));
  const { minFrameBytes, maxFrameBytes, maxContentBytes } = sealedLimits;
  if (frameBytes < minFrameBytes || frameBytes > maxFrameBytes || contentBytes > maxContentBytes) {
    throw new Error("is damaged: its header makes no sense");
  }
  const wanted = sealedBytes(contentBytes, frameBytes);
  if (fileBytes !== wanted)
    throw new Error(`has ${fileBytes} bytes and must have ${wanted}: it is cut or damaged`);
  const salt = bytes.subarray(headerBytes - saltBytes, headerBytes);
  return { frameBytes, contentBytes, keyId: bytes.subarray(24, 24 + keyIdBytes), salt, bytes };
}

/** Frames of a content; an empty one has an empty frame, so that it too is authentic. */
export function frameCount(contentBytes: number, frameBytes: number): number {
  return Math.max(1, Math.ceil(contentBytes / frameBytes));
}

function sealedBytes(contentBytes: number, frameBytes: number): number {
  return headerBytes + contentBytes + tagBytes * frameCount(contentBytes, frameBytes);
}

/** Number of the frame, and whether it is the last: frames cannot be moved, left out or cut off. */
export function frameNonce(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(isLast ? 1 : 0, 3);
  nonce.writeBigUInt64BE(BigInt(index), 4);
  return nonce;
}

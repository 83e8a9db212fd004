import { open } from "node:fs/promises";
import type { CipherKey } from "./cipher-key.js";
import { maxKeyTextBytes, parseKey } from "./parse-key.js";

/**
 * Reads the key of a file that nobody else can read.
 * @throws Error that names the file, and how to mend it.
 */
export async function readKeyFile(path: string): Promise<CipherKey> {
  const file = await open(path, "r").catch((thrown: NodeJS.ErrnoException) => {
    throw new Error(`the key file ${path} cannot be read (${thrown.code})`);
  });
  const buffer = Buffer.allocUnsafeSlow(maxKeyTextBytes + 1);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new Error(`the key file ${path} is not a plain file`);
    checkMode(path, status.mode);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return parseKey(buffer.subarray(0, bytesRead), `the key file ${path}`);
  } finally {
    buffer.fill(0);
    await file.close();
  }
}

/** A group may read: so does Kubernetes hand secrets to processes that are not root. Windows has no such modes. */
function checkMode(path: string, mode: number): void {
  if (process.platform === "win32" || (mode & 0o027) === 0) return;
  throw new Error(`the key file ${path} can be read or written by others: chmod 600 ${path}`);
}

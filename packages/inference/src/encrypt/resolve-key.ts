import { type Clock, type EngineConf, Secret } from "@paddlewheel/core";
import type { CipherKey } from "./cipher-key.js";
import { parseKey } from "./parse-key.js";
import { readKeyFile } from "./read-key-file.js";

/**
 * Gives the key of an engine whose model is encrypted: 32 bytes, or the text of them, 64 hexadecimal digits or base64. Asked
 * at each load of a version, so a key need not be kept meanwhile.
 */
export type ModelKeySource = (engine: string) => Secret | Uint8Array | Promise<Secret | Uint8Array>;

/** How long a source may take, in milliseconds: a load holds up those of other engines. */
export const keyWaitMs = 30_000;

export interface KeyOrigin {
  readonly source: ModelKeySource | undefined;
  readonly clock: Clock;
}

/**
 * The key of an engine: of its `key_file`, else of the source; undefined when its model is not encrypted.
 * @throws Error when there is none, or it is no key.
 */
export async function resolveKey(
  { name, isEncrypted, keyFile }: Pick<EngineConf, "name" | "isEncrypted" | "keyFile">,
  { source, clock }: KeyOrigin,
): Promise<CipherKey | undefined> {
  if (!isEncrypted) return undefined;
  if (keyFile !== undefined) return readKeyFile(keyFile);
  if (!source) {
    throw new Error(
      "encrypted_model is true, and there is no key: name a key_file, set PADDLEWHEEL_MODEL_KEY, or give the server a modelKey",
    );
  }
  return readModelKey(await inTime(Promise.resolve(source(name)), clock));
}

/** @throws Error that tells nothing of what was given when it is no key. */
export function readModelKey(given: Secret | Uint8Array): CipherKey {
  if (!(given instanceof Secret)) return parseKey(given, "the model key");
  const text = Buffer.from(given.reveal());
  try {
    return parseKey(text, "the model key");
  } finally {
    text.fill(0);
  }
}

function inTime<T>(given: Promise<T>, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = new Error(`modelKey has given no key within ${keyWaitMs} ms`);
    const timer = clock.setTimer(() => reject(late), keyWaitMs);
    given.then(resolve, reject).finally(() => timer.cancel());
  });
}

import {
  type CipherKey,
  decryptModelDir,
  encryptModelDir,
  type FolderResult,
  type FolderTask,
  readKeyFile,
  readModelKey,
} from "@paddlewheel/inference";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import type { FlagValues } from "../flags/flag-values.js";
import { checkEmpty } from "../patch/open-content.js";
import { takeModelKey } from "../run/model-key-of.js";
import type { TextStream } from "../terminal.js";
import { UsageError } from "../usage-error.js";

/** Runs `paddlewheel encrypt`. */
export async function encrypt(call: CommandCall): Promise<ExitCode> {
  const { changed, copied } = await runTask("encrypt", call, encryptModelDir);
  tell(call.terminal.err, { encrypted: changed, "copied as they are": copied });
  return ExitCode.ok;
}

/** Runs `paddlewheel decrypt`. */
export async function decrypt(call: CommandCall): Promise<ExitCode> {
  const { changed, copied } = await runTask("decrypt", call, decryptModelDir);
  tell(call.terminal.err, { decrypted: changed, copied });
  return ExitCode.ok;
}

async function runTask(
  command: string,
  { values, positionals }: CommandCall,
  task: (task: FolderTask) => Promise<FolderResult>,
): Promise<FolderResult> {
  const [modelDir] = positionals;
  const outDir = values.text("out");
  if (modelDir === undefined) throw new UsageError(`${command}: name the folder of the model`);
  if (outDir === undefined) throw new UsageError(`${command}: --out must name the folder to write`);
  await checkEmpty(outDir);
  const key = await keyOf(command, values);
  try {
    return await task({ modelDir, outDir, key });
  } finally {
    key.wipe();
  }
}

async function keyOf(command: string, values: FlagValues): Promise<CipherKey> {
  const fromEnvironment = takeModelKey();
  const file = values.text("key_file");
  if (file !== undefined) return readKeyFile(file);
  if (fromEnvironment !== undefined) return readModelKey(fromEnvironment);
  throw new UsageError(
    `${command}: there is no key: name its file, --key_file, or set PADDLEWHEEL_MODEL_KEY`,
  );
}

function tell(err: TextStream, done: Readonly<Record<string, readonly string[]>>): void {
  for (const [what, files] of Object.entries(done)) {
    if (files.length > 0) err.write(`paddlewheel: ${what}: ${files.join(", ")}\n`);
  }
}

import { abCommand } from "./ab/ab-command.js";
import { benchCommand } from "./bench/bench-command.js";
import { callCommand } from "./call/call-command.js";
import { checkCommand } from "./check/check-command.js";
import type { Command } from "./command.js";
import { convertCommand } from "./convert/convert-command.js";
import { decryptCommand } from "./encrypt/decrypt-command.js";
import { encryptCommand } from "./encrypt/encrypt-command.js";
import { explainCommand } from "./explain/explain-command.js";
import { inspectCommand } from "./inspect/inspect-command.js";
import { newCommand } from "./new/new-command.js";
import { diffCommand } from "./patch/diff-command.js";
import { patchCommand } from "./patch/patch-command.js";
import { serveCommand } from "./serve/serve-command.js";
import { startCommand } from "./start/start-command.js";
import { typesCommand } from "./types/types-command.js";

/** Every command, in the order of the help page. */
export const commands: readonly Command[] = [
  serveCommand,
  startCommand,
  checkCommand,
  explainCommand,
  callCommand,
  benchCommand,
  abCommand,
  convertCommand,
  inspectCommand,
  typesCommand,
  diffCommand,
  patchCommand,
  encryptCommand,
  decryptCommand,
  newCommand,
];

import type { Command } from "../command.js";
import { encryptFlags } from "./encrypt-flags.js";

export const decryptCommand: Command = {
  name: "decrypt",
  summary: "copy a model folder with its models decrypted",
  usage: "decrypt MODEL_DIR --out DIR [flags]",
  description:
    "Copies a model folder with the files that paddlewheel encrypt wrote decrypted. A file that is damaged, or " +
    "of another key, is named and not written.",
  groups: [{ title: "Files", flags: encryptFlags }],
  examples: ["paddlewheel decrypt sealed/uci --key_file model.key --out models/uci"],
  maxPositionals: 1,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./encrypt.js")).decrypt(call),
};

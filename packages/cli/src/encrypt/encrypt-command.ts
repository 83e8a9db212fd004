import type { Command } from "../command.js";
import { encryptFlags } from "./encrypt-flags.js";

export const encryptCommand: Command = {
  name: "encrypt",
  summary: "copy a model folder with its models encrypted",
  usage: "encrypt MODEL_DIR --out DIR [flags]",
  description:
    "Copies a model folder, of one model or of versions, with each ONNX file and the files its weights lie in " +
    "encrypted by AES-256-GCM. Files beside them, conf and requests to check, are copied as they are.",
  groups: [{ title: "Files", flags: encryptFlags }],
  examples: ["paddlewheel encrypt models/uci --key_file model.key --out sealed/uci"],
  maxPositionals: 1,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./encrypt.js")).encrypt(call),
};

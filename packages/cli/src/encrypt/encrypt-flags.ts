import type { FlagTable } from "../flags/flag.js";

/** Of `encrypt` and `decrypt`. */
export const encryptFlags: FlagTable = {
  key_file: {
    kind: "text",
    value: "FILE",
    default: "PADDLEWHEEL_MODEL_KEY",
    help: "key, 32 bytes as 64 hexadecimal digits or base64, in a file that nobody else can read",
    isSecret: true,
  },
  out: { kind: "text", value: "DIR", help: "folder to write" },
};

import { ServeError } from "@paddlewheel/core";
import type { ConfFiles } from "./conf-files.js";

/** Why a file that conf names cannot be read; undefined when it can. */
export function whyUnreadable(file: string, files: ConfFiles): string | undefined {
  try {
    return files.read(file) === undefined ? `there is no file ${file}` : undefined;
  } catch (error) {
    return `${file} ${ServeError.from(error).message}`;
  }
}

import { Code, ServeError } from "@paddlewheel/core";
import type { FailureRecord } from "./failure-record.js";

/** Characters of a message that may reach a client; a client library may drop a longer status altogether. */
const maxMessageLength = 1024;

/** The error of a run that the model failed: one line of at most 1 KiB that names the engine. */
export function runFailure(engine: string, { message, cause }: FailureRecord): ServeError {
  const line = `engine "${engine}": the model failed: ${message.replace(/[\p{Cc}\s]+/gu, " ").trim()}`;
  const bounded = line.length > maxMessageLength ? `${line.slice(0, maxMessageLength - 1)}…` : line;
  return new ServeError(Code.opFailure, bounded, { cause: new Error(cause || message) });
}

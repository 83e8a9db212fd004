import { inspect } from "node:util";
import { type Code, type ErrorDetails, ServeError } from "@paddlewheel/core";

/** What was thrown in one thread, in a form that another one can read. */
export type ThrownRecord =
  | {
      readonly kind: "serveError";
      readonly code: Code;
      readonly message: string;
      readonly details: ErrorDetails;
      readonly stack: string | undefined;
      readonly cause: ThrownRecord | undefined;
    }
  | {
      readonly kind: "error";
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly cause: ThrownRecord | undefined;
    }
  | { readonly kind: "value"; readonly value: string | number | bigint | boolean | null | undefined };

/** Causes of causes that are kept: enough to tell a story, and an end for those that go in a circle. */
const maxCauses = 4;

/** Never throws, whatever it is given. */
export function recordThrown(thrown: unknown, causesLeft: number = maxCauses): ThrownRecord {
  try {
    return thrown instanceof Error
      ? recordError(thrown, causesLeft)
      : { kind: "value", value: plain(thrown) };
  } catch {
    return { kind: "value", value: "something that cannot be read" };
  }
}

/** The thrown value again: a ServeError with its code and details, an Error of the same name and stack, or the value. */
export function restoreThrown(record: ThrownRecord): unknown {
  if (record.kind === "value") return record.value;
  const cause = record.cause && { cause: restoreThrown(record.cause) };
  const error =
    record.kind === "serveError"
      ? new ServeError(record.code, record.message, { ...cause, details: record.details })
      : Object.assign(new Error(record.message, cause), { name: record.name });
  if (record.stack !== undefined) error.stack = record.stack;
  return error;
}

function recordError(error: Error, causesLeft: number): ThrownRecord {
  const hasCause = error.cause !== undefined && causesLeft > 0;
  const common = {
    message: String(error.message),
    stack: error.stack === undefined ? undefined : String(error.stack),
    cause: hasCause ? recordThrown(error.cause, causesLeft - 1) : undefined,
  };
  if (!(error instanceof ServeError)) return { kind: "error", name: String(error.name), ...common };
  return { kind: "serveError", code: error.code, details: { ...error.details }, ...common };
}

/** A primitive as it is; of anything else, what a log would show. */
function plain(value: unknown): string | number | bigint | boolean | null | undefined {
  switch (typeof value) {
    case "object":
      return value === null ? null : inspect(value);
    case "function":
    case "symbol":
      return inspect(value);
    default:
      return value as string | number | bigint | boolean | undefined;
  }
}

import { Secret } from "@paddlewheel/core";
import type { HeaderReader } from "../rpc/trace-context.js";

/** The credential a request brings: `authorization`, or `x-api-key` without one. Empty ones are none. */
export function readCredential(header: HeaderReader): Secret | undefined {
  const text = header("authorization") || header("x-api-key");
  return text ? new Secret(text) : undefined;
}

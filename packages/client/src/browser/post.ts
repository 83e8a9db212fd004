import { type Clock, Code, ServeError } from "@paddlewheel/core/message";
import { aborted, timedOut } from "../stopped-call.js";
import { readBody } from "./read-body.js";

export interface PostOptions {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  /** Time for the whole answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Of the answer, unpacked. */
  readonly maxAnswerBytes: number;
  /** Gives the call up. */
  readonly signal: AbortSignal | undefined;
  readonly fetch: typeof fetch;
  readonly clock: Pick<Clock, "setTimer">;
}

/** A whole answer, whatever its status. */
export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/**
 * One POST by fetch, which reads packed answers by itself.
 * @throws ServeError unavailable without an answer, messageTooLarge; deadlineExceeded or cancelled when it was late, or given up.
 */
export async function post(options: PostOptions): Promise<Posted> {
  const { url, timeoutMs, signal, clock } = options;
  // Not AbortSignal.any, which browsers of before 2024 do not have.
  const stop = new AbortController();
  const onAbort = (): void => {
    if (signal) stop.abort(aborted(signal));
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = clock.setTimer(() => stop.abort(timedOut(url, timeoutMs)), timeoutMs);
  try {
    return await send(options, stop.signal);
  } catch (thrown) {
    throw stop.signal.aborted ? stop.signal.reason : failureOf(url, thrown);
  } finally {
    timer.cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}

async function send(options: PostOptions, signal: AbortSignal): Promise<Posted> {
  const { url, headers, body, fetch, maxAnswerBytes } = options;
  const answer = await fetch(url, { method: "POST", headers, body, signal });
  return { status: answer.status, headers: answer.headers, body: await readBody(answer, maxAnswerBytes) };
}

/** Why there is no answer, of which browsers do not tell scripts much. */
function failureOf(url: string, cause: unknown): ServeError {
  if (cause instanceof ServeError) return new ServeError(cause.code, `${url}: ${cause.message}`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = "is it up, and may pages of this origin call it?";
  return new ServeError(Code.unavailable, `cannot call ${url}: ${reason}; ${hint}`, { cause });
}

import { type Clock, Code, ServeError } from "@paddlewheel/core/message";
import { aborted, timedOut } from "../stopped-call.js";

export interface PostOptions {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  /** Time for the whole answer, in milliseconds. */
  readonly timeoutMs: number;
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
 * @throws ServeError unavailable without an answer; deadlineExceeded or cancelled when it was late, or given up.
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
    throw stop.signal.aborted ? stop.signal.reason : unreachable(url, thrown);
  } finally {
    timer.cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}

async function send({ url, headers, body, fetch }: PostOptions, signal: AbortSignal): Promise<Posted> {
  // Cookies of the browser stay with it: what lets a caller in is its token.
  const answer = await fetch(url, { method: "POST", headers, body, signal, credentials: "omit" });
  return { status: answer.status, headers: answer.headers, body: new Uint8Array(await answer.arrayBuffer()) };
}

/** Browsers do not tell scripts why. */
function unreachable(url: string, cause: unknown): ServeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = "is it up, and may pages of this origin call it?";
  return new ServeError(Code.unavailable, `cannot call ${url}: ${reason}; ${hint}`, { cause });
}

import { aborted } from "../stopped-call.js";
import type { HostTransport, IncomingAnswer, OutgoingCall } from "./host-transport.js";

/**
 * One attempt as a promise.
 * @throws ServeError of the attempt; `cancelled` or `deadlineExceeded` by the signal.
 */
export function callHost(
  transport: HostTransport,
  call: OutgoingCall,
  signal?: AbortSignal,
): Promise<IncomingAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted(signal));
      return;
    }
    const onAbort = (): void => {
      attempt.abandon();
      if (signal) reject(aborted(signal));
    };
    const attempt = transport.start(call, (outcome) => {
      signal?.removeEventListener("abort", onAbort);
      if ("answer" in outcome) resolve(outcome.answer);
      else reject(outcome.error);
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

import { type Duplex, finished } from "node:stream";

/**
 * Waits until the other side has ended a connection. That may be a reset, where bytes were under way that it did not read
 * any more: `once` would fail with it.
 */
export function untilClosed(socket: Duplex): Promise<void> {
  return new Promise((resolve) => finished(socket.resume(), () => resolve()));
}

import type { TextStream } from "./terminal.js";

const intervalMs = 1000;

/** Shows how far work is, on a terminal, until it is over; that keeps the process alive as well, whatever the work waits for. */
export async function withProgress<T>(
  err: TextStream,
  line: () => string,
  work: () => Promise<T>,
): Promise<T> {
  const ticker = setInterval(() => err.isTerminal && err.write(`\r\x1b[K${line()}`), intervalMs);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
    if (err.isTerminal) err.write("\r\x1b[K");
  }
}

import { Code } from "@paddlewheel/core";

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly code?: number;
  readonly requestId?: string;
  /** Of several, which wrote it; 0 is their supervisor. */
  readonly process?: number;
}

/** The JSON lines a server wrote to standard output. */
export function logLines(stdout: string): readonly LogLine[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);
}

/** Request ids of all calls the server took in, in no order; those it sent elsewhere, as it was stopping, it did not. */
export function loggedCalls(lines: readonly LogLine[]): ReadonlySet<string> {
  const taken = lines.filter(({ msg, code }) => msg === "call" && code !== Code.unavailable);
  return new Set(taken.flatMap(({ requestId }) => (requestId ? [requestId] : [])));
}

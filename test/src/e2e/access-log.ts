export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly code?: number;
  readonly requestId?: string;
}

/** The JSON lines a server wrote to standard output. */
export function logLines(stdout: string): readonly LogLine[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);
}

/** Request ids of all calls the server took in, in no order. */
export function loggedCalls(lines: readonly LogLine[]): ReadonlySet<string> {
  return new Set(lines.flatMap(({ msg, requestId }) => (msg === "call" && requestId ? [requestId] : [])));
}

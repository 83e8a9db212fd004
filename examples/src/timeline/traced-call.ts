/** A part of a call's time, as the server reports it. */
export interface Span {
  /** `service`, `workflow`, `node`, or what an engine did for a node. */
  readonly kind: string;
  readonly name: string;
  /** Microseconds since the call began. */
  readonly startUs: number;
  readonly durationUs: number;
  /** Index of the span around this one; the first has none. */
  readonly parent?: number;
  /** Of a run: where, `inline` or `pool`. */
  readonly placement?: string;
  /** The condition of a node did not hold. */
  readonly skipped?: boolean;
  /** How a node failed. */
  readonly error?: string;
  /** The node that stood in for it then. */
  readonly fallback?: string;
}

/** An answer of a server, and what it did for it. */
export interface TracedAnswer {
  readonly body: unknown;
  readonly spans: readonly Span[];
}

/** Posts JSON to a server and asks for the trace of the call. @throws Error with the answer of a call that failed. */
export async function tracedCall(url: string, request: string): Promise<TracedAnswer> {
  const headers = { "content-type": "application/json", "x-paddlewheel-trace": "1" };
  const response = await fetch(url, { method: "POST", headers, body: request });
  const text = await response.text();
  const trace = response.headers.get("x-paddlewheel-trace");
  if (!response.ok || trace === null) throw new Error(`${response.status} ${text}`);
  return { body: JSON.parse(text), spans: (JSON.parse(trace) as { spans: Span[] }).spans };
}

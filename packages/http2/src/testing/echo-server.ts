import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { ManualClock } from "@paddlewheel/core/testing";
import type { Http2Limits, LimitName } from "../limits/http2-limits.js";
import { listeningServer } from "./listening-server.js";

/** The only argument, as JSON. */
export interface EchoServerOptions {
  readonly limits?: Partial<Http2Limits>;
  /** Time stands still until `advanceMs` moves it. Default false. */
  readonly hasManualClock?: boolean;
  /** A folder for what each client sends, in files `0.bin`, `1.bin` … in the order they came. */
  readonly recordsTo?: string;
}

/** What the parent process may ask; each is answered with an EchoServerReport. */
export interface EchoServerOrder {
  readonly advanceMs?: number;
}

export interface EchoServerReport {
  readonly port: number;
  readonly connections: number;
  readonly streams: number;
  /** How often each limit refused something. */
  readonly limits: Partial<Record<LimitName, number>>;
  /** Errors of handlers, of which there should be none. */
  readonly faults: readonly string[];
}

/** Serves in a process of its own until its parent lets it go: clients and attackers share no event loop with it. */
async function run({ limits = {}, hasManualClock = false, recordsTo }: EchoServerOptions): Promise<void> {
  const counts: Partial<Record<LimitName, number>> = {};
  const faults: string[] = [];
  const clock = new ManualClock();
  const server = await listeningServer({
    limits,
    ...(hasManualClock ? { clock } : {}),
    onLimit: (name) => {
      counts[name] = (counts[name] ?? 0) + 1;
    },
    onFault: (error) => faults.push(String(error)),
    ...(recordsTo ? { onSocket: recorderInto(recordsTo) } : {}),
  });
  const report = (): void => {
    const { connectionCount, streamCount } = server.http2;
    const streams = streamCount;
    process.send?.({ port: server.port, connections: connectionCount, streams, limits: counts, faults });
  };
  process.on("message", ({ advanceMs = 0 }: EchoServerOrder) => {
    clock.advance(advanceMs);
    report();
  });
  process.on("disconnect", () => process.exit());
  report();
  process.stdout.write(`${server.port}\n`);
}

function recorderInto(folder: string): (socket: NodeJS.ReadableStream, index: number) => void {
  return (socket, index) => {
    socket.on("data", (chunk: Uint8Array) => appendFileSync(join(folder, `${index}.bin`), chunk));
  };
}

await run(JSON.parse(process.argv[2] ?? "{}"));

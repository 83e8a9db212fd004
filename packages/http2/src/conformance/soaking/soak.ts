import { ManualClock } from "@paddlewheel/core/testing";
import { listeningServer } from "../../testing/listening-server.js";
import { Random } from "../fuzzing/random.js";
import { type SoakCounts, soakOver } from "./soak-client.js";
import { SoakHandler } from "./soak-handler.js";

export interface SoakOptions {
  readonly requests: number;
  /** One after another; each is closed when its share of the requests has been made. */
  readonly connections: number;
  readonly seed: number;
  /** Called after each connection with the requests made so far. */
  readonly onProgress?: (requests: number) => void;
}

/** What is left when all is over; all but `counts` and `limits` should be 0. */
export interface SoakReport {
  readonly counts: SoakCounts;
  readonly limits: number;
  readonly faults: number;
  readonly connections: number;
  readonly streams: number;
  readonly pendingCalls: number;
  readonly unwrittenBytes: number;
  readonly timers: number;
}

/** Makes many requests of a server over real sockets and tells what is left of them. */
export async function soak({ requests, connections, seed, onProgress }: SoakOptions): Promise<SoakReport> {
  const clock = new ManualClock();
  const handler = new SoakHandler();
  const random = new Random(seed);
  const counts: SoakCounts = { answered: 0, cancelled: 0, reset: 0 };
  let limits = 0;
  let faults = 0;
  const server = await listeningServer({
    handler,
    clock,
    onLimit: () => {
      limits++;
    },
    onFault: () => {
      faults++;
    },
  });
  const share = Math.ceil(requests / connections);
  // Time passes for the server while it works, so that it sweeps.
  const ticking = setInterval(() => clock.advance(100), 100);
  for (let made = 0; made < requests; ) {
    const count = Math.min(share, requests - made);
    await soakOver(server.port, { random, requests: count, counts });
    made += count;
    onProgress?.(made);
  }
  clearInterval(ticking);
  while (server.http2.connectionCount > 0) await new Promise(setImmediate);
  // The sweep that finds no connection is the last.
  clock.advance(1000);
  const report = {
    counts,
    limits,
    faults,
    connections: server.http2.connectionCount,
    streams: server.http2.streamCount,
    pendingCalls: handler.pendingCalls,
    unwrittenBytes: server.sockets.reduce((sum, socket) => sum + socket.writableLength, 0),
    timers: clock.timerCount,
  };
  await server.close();
  return report;
}

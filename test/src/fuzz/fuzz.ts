import assert from "node:assert/strict";
import { baiduStd } from "./baidu-std.js";
import { Dice } from "./dice.js";
import type { FuzzedProtocol } from "./fuzzed-protocol.js";
import { FuzzedServer } from "./fuzzed-server.js";
import { grpc } from "./grpc.js";
import { http1 } from "./http1.js";
import { playConnection } from "./play-connection.js";

export const fuzzedProtocols: Readonly<Record<string, FuzzedProtocol>> = { baidu_std: baiduStd, http1, grpc };

/** Connections at once. */
const lanes = 16;

/** More than this is no noise of the collector's: something is kept of connections that have ended. */
const maxGrowth = 8 * 1024 * 1024;

export interface FuzzOptions {
  readonly protocol: FuzzedProtocol;
  /** Malformed frames to send, at least. */
  readonly frames: number;
  readonly seed: number;
  /** Connections that the client leaves open, for the server to end; default 0. */
  readonly staying?: number;
}

export interface FuzzReport {
  readonly malformed: number;
  readonly connections: number;
  readonly seconds: number;
  /** Good requests on other connections meanwhile, all answered; how many, and the longest in ms. */
  readonly good: number;
  readonly slowestMs: number;
  /** Bytes in use and resident after a tenth of the frames, and how many more at the end. */
  readonly inUse: number;
  readonly growth: number;
  readonly resident: number;
  readonly residentGrowth: number;
}

/**
 * Sends malformed frames to a server of its own until there are enough of them, while good clients are served.
 * @throws Error that names the seed and the connection after which the server did what it must not: ended, wrote a fault,
 * failed a good request, kept a connection or memory.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  await using server = await FuzzedServer.start();
  const run = new FuzzRun(server, options);
  try {
    return await run.report();
  } catch (error) {
    const place = `${options.protocol.name}, seed ${options.seed}, at connection ${run.connections}`;
    throw new Error(`${place}\n${server.faults}`, { cause: error });
  }
}

class FuzzRun {
  readonly #server: FuzzedServer;
  readonly #options: FuzzOptions;
  readonly #staying: Promise<void>[] = [];
  #malformed = 0;
  connections = 0;

  constructor(server: FuzzedServer, options: FuzzOptions) {
    this.#server = server;
    this.#options = options;
  }

  async report(): Promise<FuzzReport> {
    const server = this.#server;
    const startedAt = performance.now();
    await this.#play(this.#options.frames / 10);
    const before = await server.memory();
    await this.#play(this.#options.frames);
    const seconds = (performance.now() - startedAt) / 1000;
    await Promise.all(this.#staying);
    await server.untilAlone();
    const after = await server.memory();
    const growth = after.inUse - before.inUse;
    assert.ok(growth <= maxGrowth, `${growth} bytes more are in use than after a tenth of the frames`);
    assert.equal(await server.metric("paddlewheel_calls_at_work"), 0);
    assert.equal(server.faults, "");
    assert.equal(await server.stop(), 0);
    return {
      malformed: this.#malformed,
      connections: this.connections,
      seconds,
      good: server.answered,
      slowestMs: server.slowestMs,
      inUse: before.inUse,
      growth,
      resident: before.resident,
      residentGrowth: after.resident - before.resident,
    };
  }

  /** Until there are so many malformed frames in all. */
  async #play(malformed: number): Promise<void> {
    let isOver = false;
    const watch = async (): Promise<void> => {
      while (!isOver) await this.#server.callAll();
    };
    const lane = async (): Promise<void> => {
      while (this.#malformed < malformed && !isOver) await this.#playNext();
    };
    const all = Promise.all(Array.from({ length: lanes }, lane)).finally(() => {
      isOver = true;
    });
    await Promise.all([all, watch()]).finally(() => {
      isOver = true;
    });
  }

  async #playNext(): Promise<void> {
    const { protocol, seed, staying = 0 } = this.#options;
    // Far apart for neighbouring seeds, which would otherwise play nearly the same connections.
    const dice = new Dice(Math.imul(seed, 0x85ebca6b) + this.connections++);
    const stays = this.#staying.length < staying;
    const played = await playConnection({ port: this.#server.port, protocol, dice, stays });
    if (stays) this.#staying.push(played.closed);
    this.#malformed += played.malformed;
  }
}

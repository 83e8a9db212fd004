import type { TestContext } from "node:test";
import { Call, type CallOptions, Code } from "@paddlewheel/core";
import { ManualClock, RecordingMetrics } from "@paddlewheel/core/testing";
import { createOpPool, type WorkerOpPool } from "../op-pool.js";
import { NoticingLogger } from "./noticing-logger.js";
import { taskOf } from "./op-task.js";
import type { Place } from "./scripted-ops.js";

export interface PoolSettings {
  readonly threads?: number;
  readonly maxQueue?: number;
}

export interface TestPool {
  readonly pool: WorkerOpPool;
  readonly metrics: RecordingMetrics;
  readonly logger: NoticingLogger;
  readonly clock: ManualClock;
  call(options?: Partial<CallOptions>): Call;
}

/** A pool that is closed after the test, whatever still runs in it. */
export function createTestPool(t: TestContext, { threads = 1, maxQueue = 10 }: PoolSettings = {}): TestPool {
  const metrics = new RecordingMetrics();
  const logger = new NoticingLogger();
  const clock = new ManualClock();
  const pool = createOpPool({ threads, maxQueue, metrics, logger, clock });
  t.after(async () => {
    const closed = pool.close();
    clock.advance(5000);
    await closed;
  });
  const call = (options: Partial<CallOptions> = {}): Call =>
    new Call({ service: "s", method: "m", clock, ...options });
  return { pool, metrics, logger, clock, call };
}

/** What BlockOp waits at. */
export function createGate(): { readonly request: Int32Array; open(): void } {
  const request = new Int32Array(new SharedArrayBuffer(4));
  return {
    request,
    open() {
      Atomics.store(request, 0, 1);
      Atomics.notify(request, 0);
    },
  };
}

/** Id of the thread that runs the next Op. */
export async function threadOf(pool: WorkerOpPool, call: Call): Promise<number> {
  return ((await pool.run(taskOf("WhereOp"), call)).output as Place).threadId;
}

/** What an error must look like; its cause is whatever was thrown underneath. */
export function failure(message: string, code: Code = Code.opFailure): { code: Code; message: string } {
  return { code, message };
}

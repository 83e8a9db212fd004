import { Code } from "../code.js";
import type { InferManager } from "../engine/infer-manager.js";
import type { OpEnvironment } from "../op/op.js";
import { ServeError } from "../serve-error.js";
import { ManualClock } from "./manual-clock.js";
import { RecordingLogger } from "./recording-logger.js";
import { RecordingMetrics } from "./recording-metrics.js";

/** An OpEnvironment of test doubles. */
export interface TestEnvironment extends OpEnvironment {
  readonly metrics: RecordingMetrics;
  readonly logger: RecordingLogger;
  readonly clock: ManualClock;
}

/** What Ops get from outside, each part a double; `inferManager` has no engines unless the test brings its own. */
export function createTestEnvironment(parts: Partial<TestEnvironment> = {}): TestEnvironment {
  return {
    inferManager: noEngines,
    metrics: new RecordingMetrics(),
    logger: new RecordingLogger(),
    clock: new ManualClock(),
    ...parts,
  };
}

const noEngines: InferManager = {
  has: () => false,
  engine(name) {
    throw noEngine(name);
  },
  infer: (name) => Promise.reject(noEngine(name)),
};

function noEngine(name: string): ServeError {
  return new ServeError(Code.notFound, `no engine named "${name}"`);
}

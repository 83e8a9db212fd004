// Doubles of what core takes from outside, for the tests of every room. Nothing here runs in a server.
export { createDeferred, type Deferred } from "./deferred.js";
export { ManualClock } from "./manual-clock.js";
export { type Inference, opOf } from "./op-of.js";
export { type LogLine, RecordingLogger } from "./recording-logger.js";
export { RecordingMetrics } from "./recording-metrics.js";
export { type RunOpOptions, runOp } from "./run-op.js";
export { createTestEnvironment, type TestEnvironment } from "./test-environment.js";

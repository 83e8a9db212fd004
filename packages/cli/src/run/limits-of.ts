import type { ServerLimits } from "@paddlewheel/server";
import type { FlagValues } from "../flags/flag-values.js";
import { given } from "../flags/given.js";

/** The part of the server's limits that flags set. */
export function limitsOf(values: FlagValues, defaultMaxBodySize: number): Partial<ServerLimits> {
  return {
    maxBodySize: values.int("max_body_size") ?? defaultMaxBodySize,
    keepAliveTimeoutMs: (values.int("idle_timeout_s") ?? 80) * 1000,
    ...given({
      maxConcurrency: values.int("max_concurrency"),
      drainTimeoutMs: values.int("drain_timeout_ms"),
    }),
  };
}

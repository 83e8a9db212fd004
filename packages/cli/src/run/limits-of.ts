import { type MaxConcurrency, maxConcurrencyForm, parseMaxConcurrency } from "@paddlewheel/core";
import type { ServerLimits } from "@paddlewheel/server";
import type { FlagValues } from "../flags/flag-values.js";
import { given } from "../flags/given.js";
import { UsageError } from "../usage-error.js";

/**
 * The part of the server's limits that flags set.
 * @throws UsageError
 */
export function limitsOf(values: FlagValues, defaultMaxBodySize: number): Partial<ServerLimits> {
  return {
    maxBodySize: values.int("max_body_size") ?? defaultMaxBodySize,
    keepAliveTimeoutMs: (values.int("idle_timeout_s") ?? 80) * 1000,
    ...given({
      maxConnections: values.int("max_connections"),
      maxConnectionsPerIp: values.int("max_connections_per_ip"),
      maxLoopDelayMs: values.int("max_loop_delay_ms"),
      maxConcurrency: maxConcurrencyOf(values),
      drainTimeoutMs: values.int("drain_timeout_ms"),
    }),
  };
}

function maxConcurrencyOf(values: FlagValues): MaxConcurrency | undefined {
  const text = values.text("max_concurrency");
  if (text === undefined) return undefined;
  const limit = parseMaxConcurrency(text);
  if (limit !== undefined) return limit;
  throw new UsageError(`--max_concurrency must be ${maxConcurrencyForm}, not ${JSON.stringify(text)}`);
}

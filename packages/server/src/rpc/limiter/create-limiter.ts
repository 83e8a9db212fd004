import type { MaxConcurrency } from "@paddlewheel/core";
import { AutoLimiter } from "./auto-limiter.js";
import type { ConcurrencyLimiter } from "./concurrency-limiter.js";
import { ConstantLimiter } from "./constant-limiter.js";
import { TimeoutLimiter } from "./timeout-limiter.js";

/** What the time of a caller who does not say is taken for, in ms. Source: brpc timeout_cl_default_timeout_ms. */
const defaultTimeoutMs = 500;

/**
 * The limiter that a setting asks for; undefined for no limit.
 * @param subject what it limits, in the words of its refusals: `calls`, or `calls of test.Echo/echo`
 */
export function createLimiter(setting: MaxConcurrency, subject: string): ConcurrencyLimiter | undefined {
  if (typeof setting === "number") return setting > 0 ? new ConstantLimiter(setting, subject) : undefined;
  if (setting === "auto") return new AutoLimiter({ subject });
  const [, ms = defaultTimeoutMs] = setting.split(":");
  return new TimeoutLimiter({ subject, timeoutMs: Number(ms) });
}

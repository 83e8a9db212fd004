/**
 * How many calls of a server or a method may be at work at once: a number, 0 for no limit; "auto", found out from
 * latency and throughput; "timeout", as long as calls take less time than they have, or than so many ms where their
 * caller does not say. Source: brpc's AdaptiveMaxConcurrency.
 */
export type MaxConcurrency = number | "auto" | "timeout" | `timeout:${number}`;

/** What a value of max_concurrency must be, for errors. */
export const maxConcurrencyForm = 'a whole number from 0 on, "auto", "timeout" or "timeout:MS"';

/** A limit of calls as conf and flags write it; undefined when it is none. */
export function parseMaxConcurrency(text: string): MaxConcurrency | undefined {
  const match = /^(?:(\d{1,9})|auto|timeout(?::([1-9]\d{0,8}))?)$/.exec(text);
  if (!match) return undefined;
  return match[1] === undefined ? (text as MaxConcurrency) : Number(match[1]);
}

import { Code, quoteValue, ServeError } from "@paddlewheel/core/message";

/** The longest timeout anybody gets, in ms: a day. Timers of Node hold 24.8 days, and no call means more. */
export const maxGrpcTimeoutMs: number = 24 * 60 * 60 * 1000;

/** Largest number in eight digits, which is all the header has. */
const maxDigits = 99_999_999;

const nsPerMs = 1e6;

/** Nanoseconds of each unit, the finest first. In whole numbers, floats lose no digits on the way. */
const units: readonly (readonly [unit: string, ns: number])[] = [
  ["n", 1],
  ["u", 1e3],
  ["m", 1e6],
  ["S", 1e9],
  ["M", 60e9],
  ["H", 3600e9],
];
const nsOfUnit: ReadonlyMap<string, number> = new Map(units);

const timeoutText = /^(\d{1,8})([numSMH])$/;

/**
 * The value of `grpc-timeout` in ms, with fractions, at most `maxGrpcTimeoutMs`. 0 is taken for a deadline that has
 * passed: clients write it when it passes while they send.
 *
 * Implementations differ on malformed values: gRPC core and tonic go on without a deadline, Go and connect refuse the
 * call. We refuse: whoever sends one believes the call has an end.
 *
 * @throws ServeError malformedRequest
 */
export function parseGrpcTimeout(text: string): number {
  const [, digits, unit] = timeoutText.exec(text) ?? [];
  const unitNs = nsOfUnit.get(unit ?? "");
  if (unitNs === undefined) {
    const message = `grpc-timeout: ${quoteValue(text)} is not 1 to 8 digits and one of H, M, S, m, u, n`;
    throw new ServeError(Code.malformedRequest, message);
  }
  return Math.min((Number(digits) * unitNs) / nsPerMs, maxGrpcTimeoutMs);
}

/**
 * A timeout in ms as `grpc-timeout`: in the finest unit that holds it, rounded up, so that a server never gives up
 * before its caller. Never 0, which the protocol does not have: what is over already becomes a nanosecond.
 */
export function formatGrpcTimeout(timeoutMs: number): string {
  for (const [unit, ns] of units) {
    const count = Math.ceil((timeoutMs * nsPerMs) / ns);
    if (count <= maxDigits) return `${Math.max(count, 1)}${unit}`;
  }
  return `${maxDigits}H`;
}

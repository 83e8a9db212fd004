import type { CodeName } from "@paddlewheel/core";
import type { Difference } from "../../compare/comparison.js";

/** What came of the copies of an endpoint's calls since it was created. */
export interface ShadowReport {
  /** Tag of the variant that gets the copies. */
  readonly variant: string;
  /** Copies under way, which are in none of the numbers below yet. */
  readonly inFlight: number;
  /** Copies whose two answers were compared: equal and different ones. */
  readonly compared: number;
  /** Within the tolerance. */
  readonly equal: number;
  readonly different: number;
  /** Copies that the variant did not answer, or with what cannot be read, by code. */
  readonly failed: Readonly<Partial<Record<CodeName, number>>>;
  /** Calls that were not copied, as `max_in_flight` copies were under way. */
  readonly dropped: number;
  /** Calls that were not copied, or not compared, as a request or an answer was larger than `max_bytes`. */
  readonly tooLarge: number;
  /** Largest difference of two numbers; Infinity where only one was finite. */
  readonly maxAbsolute: number;
  /** The same as a share of the larger number. */
  readonly maxRelative: number;
  /** At most `max_examples` of the different calls, each with the same chance to be among them. */
  readonly examples: readonly ShadowExample[];
}

/** A call that the two variants answered differently. It holds what callers sent: mind who gets to see it. */
export interface ShadowExample {
  /** Tag of the variant that answered the caller. */
  readonly answeredBy: string;
  readonly logId: bigint;
  readonly requestId: string | undefined;
  /** Of a large request its parts. */
  readonly requests: readonly object[];
  readonly answer: object;
  readonly shadowAnswer: object;
  readonly differences: readonly Difference[];
}

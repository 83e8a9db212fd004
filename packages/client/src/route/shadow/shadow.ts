import type { ShadowConf } from "@paddlewheel/conf";
import { type Clock, ServeError, systemClock } from "@paddlewheel/core";
import type { CallAnswer, CallRequest } from "../../call/call-request.js";
import type { Comparison } from "../../compare/comparison.js";
import { mapParts, type NonEmpty, type PartsOutcome, startParts } from "../../pack/start-parts.js";
import { decodeParts, type MethodCodecs } from "../../predictor/service-codecs.js";
import type { Variant } from "../../variant/variant.js";
import type { VariantEnvironment } from "../../variant/variant-environment.js";
import { Reservoir } from "./reservoir.js";
import type { ShadowExample, ShadowReport } from "./shadow-report.js";
import { ShadowTally } from "./shadow-tally.js";

export interface ShadowOptions {
  readonly endpoint: string;
  readonly conf: ShadowConf;
  readonly variant: Variant;
  readonly environment: VariantEnvironment;
}

/** A call that was answered. */
export interface AnsweredCall {
  readonly codecs: MethodCodecs;
  readonly calls: NonEmpty<CallRequest>;
  readonly answers: NonEmpty<CallAnswer>;
  /** Who answered. */
  readonly variant: Variant;
  readonly split: string | undefined;
}

/** A copy and the bytes of both its answers, those of all parts. */
interface AnsweredCopy extends Pick<AnsweredCall, "codecs" | "calls" | "variant"> {
  readonly expected: NonEmpty<Uint8Array>;
  readonly actual: NonEmpty<Uint8Array>;
}

/**
 * Sends copies of answered calls to a variant and compares what it says with what the caller got. The caller neither waits
 * for that nor hears of it: copies are sent after the answer was given, have the deadline of their variant, and there are
 * no more than `max_in_flight` of them.
 */
export class Shadow {
  readonly #options: ShadowOptions;
  readonly #clock: Clock;
  readonly #tally: ShadowTally;
  readonly #examples: Reservoir<() => ShadowExample>;
  #inFlight = 0;
  #isClosed = false;

  constructor(options: ShadowOptions) {
    const { endpoint, conf, environment } = options;
    this.#options = options;
    this.#clock = environment.clock ?? systemClock;
    this.#tally = new ShadowTally(environment.metrics, { endpoint, variant: conf.variant });
    this.#examples = new Reservoir(conf.maxExamples, environment.random);
  }

  /** Whether a call that this variant answers is to be copied, by lot. */
  draws(answering: Variant): boolean {
    const { conf, environment, variant } = this.#options;
    return answering !== variant && environment.random() < conf.share;
  }

  /** Never throws. */
  copy(call: AnsweredCall): void {
    const { maxBytes, maxInFlight } = this.#options.conf;
    const { answers, calls } = call;
    if (this.#isClosed) return;
    if (bytesOf(calls) > maxBytes || bytesOf(answers) > maxBytes) this.#tally.addRefused("too_large");
    else if (this.#inFlight >= maxInFlight) this.#tally.addRefused("dropped");
    else {
      this.#inFlight++;
      // What the caller was given may be a view of these bytes, and is the caller's to change.
      const expected = mapParts(answers, ({ message }) => new Uint8Array(message));
      // The caller goes on first.
      this.#clock.setTimer(() => this.#send(call, expected), 0);
    }
  }

  report(): ShadowReport {
    const examples = this.#examples.items.map((decode) => decode());
    const { variant } = this.#options.conf;
    return { variant, inFlight: this.#inFlight, ...this.#tally.report(), examples };
  }

  /** Ends comparing; the calls end with their variant. Idempotent. */
  close(): void {
    this.#isClosed = true;
  }

  #send({ codecs, calls, variant, split }: AnsweredCall, expected: NonEmpty<Uint8Array>): void {
    if (this.#isClosed) return;
    const { variant: shadow } = this.#options;
    const copies = mapParts(calls, (call) => copyFor(shadow, call));
    startParts(shadow.engineOf(split), copies, (outcome) => {
      this.#inFlight--;
      this.#onEnd(outcome, { codecs, calls, variant, expected });
    });
  }

  #onEnd(outcome: PartsOutcome, copy: Omit<AnsweredCopy, "actual">): void {
    if (this.#isClosed) return;
    if ("error" in outcome) this.#tally.addFailed(outcome.error);
    else if (bytesOf(outcome.answers) > this.#options.conf.maxBytes) this.#tally.addRefused("too_large");
    else this.#compare({ ...copy, actual: mapParts(outcome.answers, ({ message }) => message) });
  }

  #compare(copy: AnsweredCopy): void {
    try {
      const comparison = this.#comparisonOf(copy);
      this.#tally.addCompared(comparison);
      if (!comparison.isEqual) this.#examples.offer(() => exampleOf(copy, comparison));
    } catch (thrown) {
      // What cannot be read, and an error within an answer.
      this.#tally.addFailed(ServeError.from(thrown));
    }
  }

  #comparisonOf({ codecs, expected, actual }: AnsweredCopy): Comparison {
    if (isSameBytes(expected, actual)) return sameAnswers;
    const answer = decodeParts(codecs, expected);
    return codecs.compare(answer, decodeParts(codecs, actual), this.#options.conf.tolerance);
  }
}

/** What most copies to an equal model bring, and cheap to find out. */
const sameAnswers: Comparison = { isEqual: true, maxAbsolute: 0, maxRelative: 0, differences: [] };

function isSameBytes(expected: NonEmpty<Uint8Array>, actual: NonEmpty<Uint8Array>): boolean {
  return expected.every((message, i) => Buffer.compare(message, actual[i] ?? Buffer.of()) === 0);
}

/** The call as the variant is called; nobody may give it up, and it is no part of the caller's trace. */
function copyFor({ conf }: Variant, call: CallRequest): CallRequest {
  const { connection, rpc } = conf;
  const { rpcTimeoutMs: timeoutMs } = connection;
  return { ...call, signal: undefined, traceContext: undefined, timeoutMs, compressType: rpc.compressType };
}

function exampleOf(
  { codecs, calls, variant, expected, actual }: AnsweredCopy,
  comparison: Comparison,
): ShadowExample {
  const [{ logId = 0n, requestId }] = calls;
  return {
    answeredBy: variant.conf.tag,
    logId,
    requestId,
    requests: calls.map(({ message }) => codecs.decodeRequest(message)),
    answer: decodeParts(codecs, expected),
    shadowAnswer: decodeParts(codecs, actual),
    differences: comparison.differences,
  };
}

function bytesOf(parts: readonly { readonly message: Uint8Array }[]): number {
  return parts.reduce((sum, { message }) => sum + message.length, 0);
}

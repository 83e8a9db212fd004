import { Code } from "@paddlewheel/core";
import { FailureStage } from "../../transport/host-transport.js";
import type { HostOutcome } from "../cluster.js";

/** What the end of an attempt says of the server. */
export const Verdict = {
  /** It works: it answered, be it that the caller is at fault. */
  well: "well",
  /** It worked, or should have, and failed. */
  failed: "failed",
  /** Its connection broke, with all calls that were on it. */
  lost: "lost",
  /** Another server was faster, though it was asked later. */
  outrun: "outrun",
  /** Nobody listens there, or no way leads there. */
  unreachable: "unreachable",
  /** A connection was not made in time: a lost packet, or a machine that is gone. */
  connectTimeout: "connectTimeout",
  /** It says that it is stopping, or not ready yet. */
  leaving: "leaving",
  /** Nothing: the caller left, the request never left, or a server with much to do refused one more. */
  nothing: "nothing",
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Total over the codes; `unavailable` is what a server answers that is leaving, see `verdictOf` for the rest of it. */
const verdictOfCode: Readonly<Record<Code, Verdict>> = {
  [Code.ok]: Verdict.well,
  [Code.internal]: Verdict.failed,
  [Code.outOfMemory]: Verdict.failed,
  [Code.overflow]: Verdict.failed,
  [Code.invalidConf]: Verdict.failed,
  [Code.modelLoadFailure]: Verdict.failed,
  [Code.opFailure]: Verdict.failed,
  [Code.ignore]: Verdict.well,
  [Code.opIgnore]: Verdict.well,
  [Code.permissionDenied]: Verdict.well,
  [Code.invalidArgument]: Verdict.well,
  [Code.messageTooLarge]: Verdict.well,
  [Code.cancelled]: Verdict.nothing,
  [Code.notFound]: Verdict.well,
  [Code.serviceNotFound]: Verdict.well,
  [Code.methodNotFound]: Verdict.well,
  [Code.malformedRequest]: Verdict.well,
  [Code.unauthenticated]: Verdict.well,
  [Code.deadlineExceeded]: Verdict.failed,
  [Code.unavailable]: Verdict.leaving,
  // Compat: ELIMIT is not counted, as in brpc: to eject a busy server would send its load to the others.
  [Code.resourceExhausted]: Verdict.nothing,
};

/** Errors of connect that a second try at once would not mend. Source: brpc's health check, and a name that does not resolve. */
const unreachableErrnos: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "EINVAL",
  "ENOTFOUND",
]);

export function verdictOf({ error, stage, isAbandoned, isOutrun }: HostOutcome): Verdict {
  if (isOutrun) return Verdict.outrun;
  if (isAbandoned) return Verdict.nothing;
  if (!error) return Verdict.well;
  const verdict = verdictOfCode[error.code];
  if (stage === FailureStage.answered) return verdict;
  return verdictOfConnection(error, stage) ?? verdict;
}

/** Of an attempt that got no answer; undefined where the code of the error says it all. */
function verdictOfConnection(
  { code, cause }: Error & { code: Code },
  stage: HostOutcome["stage"],
): Verdict | undefined {
  const errno = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (unreachableErrnos.has(errno)) return Verdict.unreachable;
  if (errno === "ETIMEDOUT") return Verdict.connectTimeout;
  if (stage === FailureStage.unanswered && code === Code.unavailable) return Verdict.lost;
  if (stage !== FailureStage.unsent || code === Code.unavailable) return undefined;
  return code === Code.deadlineExceeded ? Verdict.connectTimeout : Verdict.nothing;
}

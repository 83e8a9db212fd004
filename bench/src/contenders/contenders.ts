import type { SuiteName } from "../run/bench-case.js";
import { clientGrpcJs, ourBaiduStdClient, ourGrpcClient } from "./clients.js";
import type { Contender, ProtocolName } from "./contender.js";
import { grpcJs } from "./grpc-js.js";
import { paddlewheel, paddlewheelBaiduStd, pool, poolAlone } from "./paddlewheel.js";
import { rawOrt } from "./raw-ort.js";

/** In the order they are run; the first one chosen of a suite is the baseline of the others. */
export const contenders: readonly Contender[] = [
  grpcJs,
  paddlewheel,
  paddlewheelBaiduStd,
  rawOrt,
  poolAlone,
  pool,
  clientGrpcJs,
  ourGrpcClient,
  ourBaiduStdClient,
];

/** Those that run only when they are asked for. */
const unusual: readonly Contender[] = [poolAlone, pool];

/** What others are compared with, whatever protocol is asked for. */
const baselines: readonly Contender[] = [grpcJs, clientGrpcJs];

export interface ContenderChoice {
  /** The usual ones when empty. */
  readonly contenders: readonly string[];
  /** All when empty, also no network; otherwise these and the baselines. */
  readonly protocols: readonly ProtocolName[];
  readonly suites: readonly SuiteName[];
}

/**
 * The contenders that are chosen and take part in one of the suites, in the order they are run.
 * @throws RangeError on a key nobody has, and when there is none for a suite.
 */
export function chooseContenders(choice: ContenderChoice): readonly Contender[] {
  const { contenders: keys, protocols, suites } = choice;
  checkKeys(keys);
  const chosen = contenders
    .filter((contender) => (keys.length === 0 ? !unusual.includes(contender) : keys.includes(contender.key)))
    .filter((contender) => protocols.length === 0 || speaksOneOf(protocols, contender));
  if (chosen.some((contender) => contender.suites.some((suite) => suites.includes(suite)))) return chosen;
  throw new RangeError(`none of the contenders takes part in ${suites.join(", ")}: see --list`);
}

function checkKeys(keys: readonly string[]): void {
  const known = contenders.map(({ key }) => key);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new RangeError(`--contender: there is no contender "${unknown}", only ${known.join(", ")}`);
}

function speaksOneOf(protocols: readonly ProtocolName[], contender: Contender): boolean {
  if (baselines.includes(contender)) return true;
  return contender.protocol !== undefined && protocols.includes(contender.protocol);
}

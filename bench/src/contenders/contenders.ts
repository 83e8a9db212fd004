import type { Contender } from "./contender.js";
import { grpcJs } from "./grpc-js.js";
import { paddlewheel, pool, poolAlone } from "./paddlewheel.js";
import { rawOrt } from "./raw-ort.js";

/** In the order they are run; the first one chosen is the baseline of the others. */
export const contenders: readonly Contender[] = [grpcJs, paddlewheel, rawOrt, poolAlone, pool];

/** Those that run unless others are asked for. */
const usual: readonly Contender[] = [grpcJs, paddlewheel, rawOrt];

/**
 * The contenders of some keys, in the order they are run; the usual ones for none.
 * @throws RangeError on a key nobody has.
 */
export function chooseContenders(keys: readonly string[]): readonly Contender[] {
  const known = contenders.map(({ key }) => key);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new RangeError(`--contender: there is no contender "${unknown}", only ${known.join(", ")}`);
  }
  return keys.length === 0 ? usual : contenders.filter(({ key }) => keys.includes(key));
}

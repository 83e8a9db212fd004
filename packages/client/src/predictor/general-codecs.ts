import { Code, codeName, quoteValue, ServeError } from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import { compareResponses } from "../compare/compare-responses.js";
import { mergeRows } from "../pack/merge-rows.js";
import { type Part, planParts } from "../pack/plan-parts.js";
import { countRows, takeRows } from "../pack/split-rows.js";
import { keyBytes, type ReadKey } from "../route/sticky-key.js";
import type { MethodCodecs } from "./service-codecs.js";

/** The request of GeneralModelService; what is left out is empty. */
export type GeneralCall = Pick<GeneralRequest, "tensors"> & Partial<GeneralRequest>;

const noFields: Omit<GeneralRequest, "tensors"> = { fetchVarNames: [], profileServer: false, logId: 0n };

/** The methods of GeneralModelService. */
export const generalMethods: readonly MethodCodecs[] = ["inference", "debug"].map((name) => ({
  name,
  encode: (request) => generalRequestCodec.encode({ ...noFields, ...asGeneralCall(request) }),
  decode: (bytes) => checkAnswer(generalResponseCodec.decode(bytes)),
  decodeRequest: (bytes) => generalRequestCodec.decode(bytes),
  // Safe: they are what `decode` gave. So below.
  compare: (expected, actual, tolerance) =>
    compareResponses(expected as GeneralResponse, actual as GeneralResponse, tolerance),
  split(request, packing) {
    const { tensors } = asGeneralCall(request);
    const rowCount = packing.packRows ? countRows(tensors) : undefined;
    const [first, ...others] = planParts(rowCount ?? 0, packing);
    if (others.length === 0) return [request];
    const take = (part: Part): object => ({ ...request, tensors: takeRows(tensors, part) });
    return [take(first), ...others.map(take)];
  },
  merge: (responses) => mergeRows(responses as [GeneralResponse, ...GeneralResponse[]]),
}));

/** @param key `log_id`, or the name of a tensor, which stands for its data */
export function generalKey(key: string): ReadKey {
  if (key === "log_id") return (request) => keyBytes(asGeneralCall(request).logId);
  return (request) => {
    const { tensors } = asGeneralCall(request);
    return keyBytes(tensors.find(({ name, aliasName }) => name === key || aliasName === key)?.data);
  };
}

function asGeneralCall(request: object): GeneralCall {
  if ("tensors" in request && Array.isArray(request.tensors)) return request as GeneralCall;
  const got = quoteValue("tensors" in request ? request.tensors : request);
  throw new ServeError(Code.invalidArgument, `tensors: must be a list of tensors, got ${got}`);
}

/** Compat: Paddle Serving's servers tell of errors in messages of calls that succeed. */
function checkAnswer(response: GeneralResponse): GeneralResponse {
  const { errNo, errMsg } = response;
  if (errNo === 0) return response;
  throw new ServeError(codeName(errNo) ? (errNo as Code) : Code.internal, errMsg);
}

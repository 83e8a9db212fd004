import {
  type Call,
  Code,
  defineMethod,
  type ErrorDetails,
  type InferService,
  type Metrics,
  noMetrics,
  type RpcService,
  ServeError,
  settle,
} from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalModelServiceDescriptor,
  generalModelServiceName,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import { answerWithDump } from "../rpc/debug-dump.js";
import { QueryMetrics } from "./query-metrics.js";

/** GeneralModelService over the workflows conf gives it. */
export function createGeneralModelService(service: InferService, metrics: Metrics = noMetrics): RpcService {
  const queries = new QueryMetrics(metrics);
  const base = { request: generalRequestCodec, response: generalResponseCodec, errorResponse };
  const inference = (request: GeneralRequest, call: Call): GeneralResponse | PromiseLike<GeneralResponse> => {
    adoptLogId(request, call);
    const { clock } = call;
    const start = clock.now();
    const fail = (error: unknown): never => {
      queries.count((clock.now() - start) * 1000, false);
      throw error;
    };
    const succeed = (answer: object): GeneralResponse => {
      if (!isResponse(answer)) return fail(noResponse(service.answererOf(request)));
      const end = clock.now();
      queries.count((end - start) * 1000, true);
      return withProfile(answer, clock.epochMicros(start), clock.epochMicros(end));
    };
    return settle(() => service.answer(request, call, start), succeed, fail);
  };
  const refusal = (call: Call): ServeError | undefined => {
    const refused = service.refusal(call);
    if (refused) queries.count(0, false);
    return refused;
  };
  const debug = (request: GeneralRequest, call: Call): Promise<GeneralResponse> => {
    adoptLogId(request, call);
    const check = (response: object): void => {
      if (!isResponse(response)) throw noResponse(service.answererOf(request));
    };
    return answerWithDump(service, request, { call, codec: generalResponseCodec, check });
  };
  return {
    name: generalModelServiceName,
    schema: generalModelServiceDescriptor,
    methods: [
      defineMethod({ ...base, name: "inference", refusal, handle: inference }),
      defineMethod({ ...base, name: "debug", handle: debug }),
    ],
  };
}

/** Workflows of this service may end with any Op. */
function isResponse(answer: object): answer is GeneralResponse {
  const { outputs, profileTime } = answer as Partial<GeneralResponse>;
  return Array.isArray(outputs) && Array.isArray(profileTime);
}

function noResponse(details: ErrorDetails): ServeError {
  const message =
    "op output: is no response of GeneralModelService, let the workflow end with a GeneralResponseOp";
  return new ServeError(Code.opFailure, message, { details });
}

/** Compat: the whole call's start and end always come last, asked for or not. */
function withProfile(response: GeneralResponse, start: number, end: number): GeneralResponse {
  const { outputs, profileServer, logId, errNo, errMsg } = response;
  const { length } = response.profileTime;
  const profileTime = length === 0 ? [start, end] : [...response.profileTime, start, end];
  return { outputs, profileTime, profileServer, logId, errNo, errMsg };
}

/** The message's log id wins over the header's. */
function adoptLogId(request: GeneralRequest, call: Call): void {
  if (request.logId !== 0n) call.logId = request.logId;
}

/** A response that only says what went wrong. */
function errorResponse(
  error: { readonly code: number; readonly message: string },
  call: Call,
): GeneralResponse {
  return {
    outputs: [],
    profileTime: [],
    profileServer: false,
    logId: call.logId,
    errNo: error.code,
    errMsg: error.message,
  };
}

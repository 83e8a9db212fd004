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
  const inference = async (request: GeneralRequest, call: Call): Promise<GeneralResponse> => {
    adoptLogId(request, call);
    const startedAt = call.clock.now();
    const start = call.clock.epochMicros();
    let response: GeneralResponse;
    try {
      const answer = await service.inference(request, call);
      checkResponse(answer, () => service.answererOf(request));
      response = answer;
    } catch (error) {
      queries.count(call, startedAt, false);
      throw error;
    }
    queries.count(call, startedAt, true);
    // Compat: the whole call's start and end always come last, asked for or not.
    const profileTime = [...response.profileTime, start, call.clock.epochMicros()];
    const { outputs, profileServer, logId, errNo, errMsg } = response;
    return { outputs, profileTime, profileServer, logId, errNo, errMsg };
  };
  const debug = (request: GeneralRequest, call: Call): Promise<GeneralResponse> => {
    adoptLogId(request, call);
    const check = (response: object): void => checkResponse(response, () => service.answererOf(request));
    return answerWithDump(service, request, { call, codec: generalResponseCodec, check });
  };
  return {
    name: generalModelServiceName,
    schema: generalModelServiceDescriptor,
    methods: [
      defineMethod({ ...base, name: "inference", handle: inference }),
      defineMethod({ ...base, name: "debug", handle: debug }),
    ],
  };
}

/** Workflows of this service may end with any Op. */
function checkResponse(answer: object, answerer: () => ErrorDetails): asserts answer is GeneralResponse {
  const { outputs, profileTime } = answer as Partial<GeneralResponse>;
  if (Array.isArray(outputs) && Array.isArray(profileTime)) return;
  const message =
    "op output: is no response of GeneralModelService, let the workflow end with a GeneralResponseOp";
  throw new ServeError(Code.opFailure, message, { details: answerer() });
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

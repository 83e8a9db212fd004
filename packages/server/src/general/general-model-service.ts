import {
  type Call,
  defineMethod,
  type InferService,
  type Metrics,
  noMetrics,
  type RpcService,
  type ServiceTrace,
} from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalModelServiceDescriptor,
  generalModelServiceName,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import { debugDump } from "./debug-dump.js";
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
      response = (await service.inference(request, call)) as GeneralResponse;
    } catch (error) {
      queries.count(call, startedAt, false);
      throw error;
    }
    queries.count(call, startedAt, true);
    // Compat: the whole call's start and end always come last, asked for or not.
    return { ...response, profileTime: [...response.profileTime, start, call.clock.epochMicros()] };
  };
  const debug = async (request: GeneralRequest, call: Call): Promise<GeneralResponse> => {
    adoptLogId(request, call);
    const { response, trace } = service.debug(request, call);
    return withDump({ response, trace, call });
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

/** The message's log id wins over the header's. */
function adoptLogId(request: GeneralRequest, call: Call): void {
  if (request.logId !== 0n) call.logId = request.logId;
}

async function withDump(run: {
  readonly response: Promise<object>;
  readonly trace: ServiceTrace;
  readonly call: Call;
}): Promise<GeneralResponse> {
  const response = (await run.response) as GeneralResponse;
  const dump = debugDump(run.trace, run.call, generalResponseCodec.encodeJson(response));
  run.call.responseAttachment = Buffer.from(dump);
  return response;
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

import { setTimeout as delay } from "node:timers/promises";
import {
  type Call,
  type Code,
  Code as Codes,
  defineMethod,
  type RpcService,
  raceStop,
  ServeError,
} from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  type GeneralTensor,
  generalModelServiceName,
  generalRequestCodec,
  generalResponseCodec,
  loadProtoService,
} from "@paddlewheel/wire";

// The services that the recorded server had, as far as its answers show them.

const echoProto = `
  syntax = "proto2";
  package baidu.paddle_serving.predictor.echo_service;
  message RequestAndResponse { required int32 a = 1; required float b = 2; }
  service BuiltinTestEchoService { rpc inference(RequestAndResponse) returns (RequestAndResponse); }
`;

/** Gives back message and attachment. */
function echoService(): RpcService {
  const { name, methods } = loadProtoService({ file: "echo.proto", readFile: () => echoProto });
  return {
    name,
    methods: methods.map(({ name, request, response }) =>
      defineMethod({
        name,
        request,
        response,
        handle: (message, call) => {
          call.responseAttachment = call.requestAttachment;
          return message;
        },
      }),
    ),
  };
}

const price = { name: "price", aliasName: "price", dtype: "float32", shape: [1, 1] } as const;

/** Answers with one price; names to fetch that begin with `__` have it do something else. */
function generalModelService(): RpcService {
  const method = defineMethod<GeneralRequest, GeneralResponse>({
    name: "inference",
    request: generalRequestCodec,
    response: generalResponseCodec,
    handle: answerPrice,
  });
  return { name: generalModelServiceName, methods: [method] };
}

async function answerPrice({ fetchVarNames }: GeneralRequest, call: Call): Promise<GeneralResponse> {
  const wish = (name: string): string | undefined =>
    fetchVarNames.find((wish) => wish.startsWith(`${name}=`))?.slice(name.length + 1);
  await raceStop(call, delay(Number(wish("__sleep_ms") ?? 0)));
  call.responseAttachment = wish("__attach") === undefined ? undefined : Buffer.from(wish("__attach") ?? "");
  const failure = wish("__fail");
  if (failure !== undefined) throw failureOf(failure);
  const failureText = wish("__failtext");
  if (failureText !== undefined) throw new Error(failureText);
  const error = wish("__err");
  if (error !== undefined) return responseOf([], failureOf(error));
  return responseOf(fetchVarNames.includes("price") ? [{ ...price, data: priceData() }] : []);
}

function priceData(): Float32Array {
  return new Float32Array(Uint32Array.of(0x3fcd4120).buffer);
}

/** As `{number}:{text}`. The recorded server takes any number. */
function failureOf(wish: string): ServeError {
  const colon = wish.indexOf(":");
  return new ServeError(Number(wish.slice(0, colon)) as Code, wish.slice(colon + 1));
}

function responseOf(tensors: readonly GeneralTensor[], error?: ServeError): GeneralResponse {
  return {
    outputs: error ? [] : [{ tensors, engineName: "general_infer_0" }],
    profileTime: [],
    profileServer: false,
    logId: 0n,
    errNo: error?.code ?? Codes.ok,
    errMsg: error?.message ?? "",
  };
}

export function recordedServices(): readonly RpcService[] {
  return [echoService(), generalModelService()];
}

import type { PredictorConf } from "@paddlewheel/conf";
import { Code, codeName, invalidConf, nameHint, quoteValue, ServeError } from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalModelServiceName,
  generalRequestCodec,
  generalResponseCodec,
  loadProtoService,
} from "@paddlewheel/wire";

/** The messages of a method. */
export interface MethodCodecs {
  readonly name: string;
  /** @throws ServeError invalidArgument that names the field, for what is no such request. */
  encode(request: object): Uint8Array;
  /** @throws ServeError malformedRequest for bytes that are no response; the error that a response holds. */
  decode(message: Uint8Array): object;
}

/** What a client needs to know of a service. */
export interface ServiceCodecs {
  /** Full protobuf name, `package.Service`. */
  readonly name: string;
  /** @throws ServeError methodNotFound naming those there are. */
  method(name: string): MethodCodecs;
}

/** @throws ServeError invalidConf for a .proto that cannot be used, and a service that needs one. */
export function loadServiceCodecs({ service, protoFile }: PredictorConf): ServiceCodecs {
  if (protoFile === undefined) {
    if (service === generalModelServiceName) return codecsOf(service, generalMethods);
    const message = `the messages of ${service} are not known here: name its .proto with proto_file`;
    throw invalidConf([{ path: [], message }]);
  }
  const { name, methods } = loadProtoService({ file: protoFile, service });
  return codecsOf(
    name,
    methods.map(({ name: method, request, response }) => ({
      name: method,
      encode: (message) => request.encode(message),
      decode: (bytes) => response.decode(bytes),
    })),
  );
}

/** The request of GeneralModelService; what is left out is empty. */
export type GeneralCall = Pick<GeneralRequest, "tensors"> & Partial<GeneralRequest>;

const noFields: Omit<GeneralRequest, "tensors"> = { fetchVarNames: [], profileServer: false, logId: 0n };

const generalMethods: readonly MethodCodecs[] = ["inference", "debug"].map((name) => ({
  name,
  encode: encodeGeneral,
  decode: (bytes) => checkAnswer(generalResponseCodec.decode(bytes)),
}));

function encodeGeneral(request: object): Uint8Array {
  if (isGeneralCall(request)) return generalRequestCodec.encode({ ...noFields, ...request });
  const got = quoteValue("tensors" in request ? request.tensors : request);
  throw new ServeError(Code.invalidArgument, `tensors: must be a list of tensors, got ${got}`);
}

function isGeneralCall(request: object): request is GeneralCall {
  return "tensors" in request && Array.isArray(request.tensors);
}

/** Compat: Paddle Serving's servers tell of errors in messages of calls that succeed. */
function checkAnswer(response: GeneralResponse): GeneralResponse {
  const { errNo, errMsg } = response;
  if (errNo === 0) return response;
  throw new ServeError(codeName(errNo) ? (errNo as Code) : Code.internal, errMsg);
}

function codecsOf(name: string, methods: readonly MethodCodecs[]): ServiceCodecs {
  const byName = new Map(methods.map((method) => [method.name, method] as const));
  return {
    name,
    method(wanted) {
      const method = byName.get(wanted);
      if (method) return method;
      const hint = nameHint(wanted, byName.keys());
      throw new ServeError(Code.methodNotFound, `${name} has no method "${wanted}"${hint}`);
    },
  };
}

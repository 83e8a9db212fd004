import type { PredictorConf } from "@paddlewheel/conf";
import { Code, invalidConf, nameHint, ServeError } from "@paddlewheel/core";
import { generalModelServiceName, loadProtoService } from "@paddlewheel/wire";
import type { Comparison } from "../compare/comparison.js";
import type { Packing } from "../pack/plan-parts.js";
import { mapParts, type NonEmpty } from "../pack/start-parts.js";
import type { ReadKey } from "../route/sticky-key.js";
import { generalKey, generalMethods } from "./general-codecs.js";
import { protoKey, protoMethod } from "./proto-codecs.js";

/** The messages of a method. */
export interface MethodCodecs {
  readonly name: string;
  /** @throws ServeError invalidArgument that names the field, for what is no such request. */
  encode(request: object): Uint8Array;
  /** @throws ServeError malformedRequest for bytes that are no response; the error that a response holds. */
  decode(message: Uint8Array): object;
  /** What `encode` was given, but for what it leaves out. */
  decodeRequest(message: Uint8Array): object;
  /** How alike two responses are. @param tolerance of numbers, see `Comparison` */
  compare(expected: object, actual: object, tolerance: number): Comparison;
  /** The request in parts, which is the request itself where there is nothing to split. */
  split(request: object, packing: Packing): NonEmpty<object>;
  /** The response of the responses to all parts, in their order. */
  merge(responses: NonEmpty<object>): object;
}

/** The response that the answers to all parts hold. @throws ServeError as `decode`. */
export function decodeParts(codecs: MethodCodecs, messages: NonEmpty<Uint8Array>): object {
  const responses = mapParts(messages, (message) => codecs.decode(message));
  return responses.length === 1 ? responses[0] : codecs.merge(responses);
}

/** What a client needs to know of a service. */
export interface ServiceCodecs {
  /** Full protobuf name, `package.Service`. */
  readonly name: string;
  /** @param path a `sticky_key` @throws ServeError invalidConf when no request has such a field. */
  keyReader(path: string): ReadKey;
  /** @throws ServeError methodNotFound naming those there are. */
  method(name: string): MethodCodecs;
}

/** @throws ServeError invalidConf for a .proto that cannot be used, and a service that needs one. */
export function loadServiceCodecs({ service, protoFile }: PredictorConf): ServiceCodecs {
  if (protoFile !== undefined) {
    const { name, methods } = loadProtoService({ file: protoFile, service });
    return codecsOf(name, methods.map(protoMethod), (path) => protoKey(path, methods));
  }
  if (service === generalModelServiceName) return codecsOf(service, generalMethods, generalKey);
  const message = `the messages of ${service} are not known here: name its .proto with proto_file`;
  throw invalidConf([{ path: [], message }]);
}

function codecsOf(
  name: string,
  methods: readonly MethodCodecs[],
  keyReader: ServiceCodecs["keyReader"],
): ServiceCodecs {
  const byName = new Map(methods.map((method) => [method.name, method] as const));
  return {
    name,
    keyReader,
    method(wanted) {
      const method = byName.get(wanted);
      if (method) return method;
      const hint = nameHint(wanted, byName.keys());
      throw new ServeError(Code.methodNotFound, `${name} has no method "${wanted}"${hint}`);
    },
  };
}

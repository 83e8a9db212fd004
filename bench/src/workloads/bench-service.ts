import { fileURLToPath } from "node:url";
import { loadSync, type MethodDefinition } from "@grpc/proto-loader";

/** A service with a method `inference`, by its declaration and its full name. */
export interface BenchService {
  readonly protoFile: string;
  readonly name: string;
}

export const generalModelService: BenchService = {
  protoFile: pathOf("general_model_service.proto"),
  name: "baidu.paddle_serving.predictor.general_model.GeneralModelService",
};

export const echoService: BenchService = {
  protoFile: pathOf("demo/echo_service.proto"),
  name: "baidu.paddle_serving.predictor.echo_service.BuiltinTestEchoService",
};

export const inferenceName = "inference";

/** The path of the method over HTTP/2, from the full name of its service. */
export function inferencePath(service: string): string {
  return `/${service}/${inferenceName}`;
}

/**
 * How proto-loader encodes and decodes the method's messages. Requests are made by it and not by the codec of the server
 * under test: a fault there must not hide itself.
 */
export function inferenceMethod({ protoFile, name }: BenchService): MethodDefinition<object, object> {
  const service = loadSync(protoFile, { keepCase: true })[name];
  if (!service || "format" in service) throw new Error(`${protoFile} declares no ${name}`);
  const method = service[inferenceName];
  if (!method) throw new Error(`${name} has no method ${inferenceName}`);
  return method;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../../protos/paddle_serving/${file}`, import.meta.url));
}

import { Code, ServeError } from "@paddlewheel/core";
import { createProtoService, type RpcServiceFactory } from "@paddlewheel/server";
import { loadProtoService } from "@paddlewheel/wire";
import { protoFiles } from "./gen/demo-protos.js";

/** Short name of each service → the file that declares it. */
const files = {
  BuiltinTestEchoService: "echo_service.proto",
  BuiltinDenseFormatService: "dense_service.proto",
  BuiltinSparseFormatService: "sparse_service.proto",
  BuiltinFluidService: "int64tensor_service.proto",
  ImageClassifyService: "image_class.proto",
  TextClassificationService: "text_classification.proto",
} as const;

/** Short name of each service of the demo → what makes it; its .proto is parsed when conf asks for it. */
export const demoServices: ReadonlyMap<string, RpcServiceFactory> = new Map(
  Object.entries(files).map(([name, file]) => [name, factoryOf(file)]),
);

function factoryOf(file: string): RpcServiceFactory {
  return (service) => createProtoService(loadProtoService({ file, readFile }), service);
}

function readFile(path: string): string {
  const text = protoFiles[path];
  if (text === undefined) throw new ServeError(Code.invalidConf, `the demo has no file ${path}`);
  return text;
}

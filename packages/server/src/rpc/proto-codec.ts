import { loadProtoService, type ProtoMethod } from "@paddlewheel/wire";

/** The codecs of the one method that the text of a .proto declares; its messages are of gRPC itself. */
export function protoMethod(text: string): ProtoMethod {
  const { methods } = loadProtoService({ file: "grpc.proto", readFile: () => text });
  const [method] = methods;
  if (!method) throw new Error("the .proto declares no method");
  return method;
}

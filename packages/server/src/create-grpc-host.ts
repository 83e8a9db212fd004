import { GrpcTransport, type GrpcTransportOptions } from "./grpc/transport.js";
import type { GrpcEngine, GrpcHost } from "./rpc/grpc-host.js";

/** The transport of an engine. @grpc/grpc-js is loaded when it is wanted: that takes 12 MB and a tenth of a second. */
export async function createGrpcHost(engine: GrpcEngine, options: GrpcTransportOptions): Promise<GrpcHost> {
  if (engine === "native") return new GrpcTransport(options);
  const { GrpcJsTransport } = await import("./grpc-js/transport.js");
  return new GrpcJsTransport(options);
}

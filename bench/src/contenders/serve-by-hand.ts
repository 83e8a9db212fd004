import { type handleUnaryCall, Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { type BenchService, inferenceName } from "../workloads/bench-service.js";

/** Serves the method `inference` as the guides of grpc-js show it, with nothing tuned but what every guide tells. */
export function serveByHand<Request, Response>(
  { protoFile, name }: BenchService,
  port: string,
  inference: handleUnaryCall<Request, Response>,
): void {
  const service = loadSync(protoFile, { keepCase: true, defaults: true })[name] as ServiceDefinition;
  const server = new Server();
  server.addService(service, { [inferenceName]: inference });
  server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
  });
  process.once("SIGTERM", () => server.tryShutdown(() => process.exit()));
}

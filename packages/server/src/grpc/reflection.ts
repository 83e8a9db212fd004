import type { Server } from "@grpc/grpc-js";
import { fromJSON, type PackageDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import type { RpcService } from "@paddlewheel/core";

/** gRPC reflection (v1 and v1alpha) of every service that states its schema. */
export function addReflection(server: Pick<Server, "addService">, services: readonly RpcService[]): void {
  const schemas = new Set(services.flatMap(({ schema }) => schema ?? []));
  const definition: PackageDefinition = {};
  for (const schema of schemas) Object.assign(definition, fromJSON(schema, { keepCase: true }));
  new ReflectionService(definition).addToServer(server);
}

import type { Server } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import type { RpcService } from "@paddlewheel/core";
import { joinSchemas } from "../rpc/joined-schema.js";

/** gRPC reflection (v1 and v1alpha) of every service that states its schema; others they declare are not listed. */
export function addReflection(server: Pick<Server, "addService">, hosted: Iterable<RpcService>): void {
  const { schema, services } = joinSchemas(hosted);
  new ReflectionService(fromJSON(schema, { keepCase: true }), { services: [...services] }).addToServer(
    server,
  );
}

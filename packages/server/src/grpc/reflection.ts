import type { Server } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import type { RpcService } from "@paddlewheel/core";

type Schema = Readonly<Record<string, unknown>>;

/**
 * gRPC reflection (v1 and v1alpha) of every service that states its schema. Schemas are joined, because reflection has
 * one file for each package; services they declare beside those hosted are not listed.
 */
export function addReflection(server: Pick<Server, "addService">, services: readonly RpcService[]): void {
  const described = services.filter(({ schema }) => schema !== undefined);
  const schemas = new Set(described.map(({ schema }) => schema as Schema));
  const definition = fromJSON([...schemas].reduce(joinSchemas, {}), { keepCase: true });
  new ReflectionService(definition, { services: described.map(({ name }) => name) }).addToServer(server);
}

function joinSchemas(one: Schema, other: Schema): Schema {
  const joined: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const current = joined[key];
    joined[key] = isSchema(current) && isSchema(value) ? joinSchemas(current, value) : value;
  }
  return joined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

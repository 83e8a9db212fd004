import type { Client } from "@grpc/grpc-js";
import { fromJSON, type ServiceDefinition } from "@grpc/proto-loader";

/** The parts of grpc.health.v1 and grpc.reflection.v1 that the tests speak: names and numbers of their .proto files. */
const schema: object = {
  nested: {
    "grpc.health.v1": {
      nested: {
        HealthCheckRequest: { fields: { service: { type: "string", id: 1 } } },
        ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } },
        HealthCheckResponse: { fields: { status: { type: "ServingStatus", id: 1 } } },
        Health: {
          methods: { Check: { requestType: "HealthCheckRequest", responseType: "HealthCheckResponse" } },
        },
      },
    },
    "grpc.reflection.v1": {
      nested: {
        Request: {
          fields: {
            file_containing_symbol: { type: "string", id: 4 },
            list_services: { type: "string", id: 7 },
          },
        },
        Files: { fields: { file_descriptor_proto: { rule: "repeated", type: "bytes", id: 1 } } },
        Service: { fields: { name: { type: "string", id: 1 } } },
        Services: { fields: { service: { rule: "repeated", type: "Service", id: 1 } } },
        Failure: {
          fields: { error_code: { type: "int32", id: 1 }, error_message: { type: "string", id: 2 } },
        },
        Response: {
          fields: {
            file_descriptor_response: { type: "Files", id: 4 },
            list_services_response: { type: "Services", id: 6 },
            error_response: { type: "Failure", id: 7 },
          },
        },
        ServerReflection: {
          methods: {
            ServerReflectionInfo: {
              requestType: "Request",
              requestStream: true,
              responseType: "Response",
              responseStream: true,
            },
          },
        },
      },
    },
  },
};
const definitions = fromJSON(schema, { keepCase: true, enums: String, defaults: false });

export interface ReflectionResponse {
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] };
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
  readonly error_response?: { readonly error_code: number; readonly error_message: string };
}

export interface HealthAnswer {
  /** gRPC status of the call. */
  readonly code: number;
  readonly status: string | undefined;
}

/** grpc.health.v1.Health/Check; an empty name asks for the whole server. */
export function checkHealth(client: Client, service: string): Promise<HealthAnswer> {
  const { path, requestSerialize, responseDeserialize } = method("grpc.health.v1.Health", "Check");
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, (error, reply) =>
      resolve({ code: error?.code ?? 0, status: (reply as { status?: string } | undefined)?.status }),
    );
  });
}

/** One question of grpc.reflection.v1, on a stream of its own. */
export function reflect(
  client: Client,
  question: { readonly list_services: string } | { readonly file_containing_symbol: string },
): Promise<ReflectionResponse> {
  const service = "grpc.reflection.v1.ServerReflection";
  const { path, requestSerialize, responseDeserialize } = method(service, "ServerReflectionInfo");
  return new Promise((resolve, reject) => {
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    stream.on("error", reject);
    stream.on("data", (response: ReflectionResponse) => resolve(response));
    stream.write(question);
    stream.end();
  });
}

function method(service: string, name: string): ServiceDefinition[string] {
  const found = (definitions[service] as ServiceDefinition | undefined)?.[name];
  if (!found) throw new Error(`the schema has no ${service}/${name}`);
  return found;
}

import { quoteValue, type RpcService } from "@paddlewheel/core";
import { GrpcStatus } from "@paddlewheel/wire";
import { joinSchemas } from "../rpc/joined-schema.js";
import { protoMethod } from "../rpc/proto-codec.js";
import type { SchemaFiles } from "./schema-files.js";
import type { StreamMethod } from "./stream-call.js";

/**
 * v1 and v1alpha differ by the name of the package only. Both sides of the method stream, which its messages do not show.
 * Source: gRPC's reflection.proto.
 */
const reflectionProto = `
  syntax = "proto3";
  message Request {
    string host = 1;
    oneof message_request {
      string file_by_filename = 3;
      string file_containing_symbol = 4;
      ExtensionRequest file_containing_extension = 5;
      string all_extension_numbers_of_type = 6;
      string list_services = 7;
    }
  }
  message ExtensionRequest { string containing_type = 1; int32 extension_number = 2; }
  message Response {
    string valid_host = 1;
    Request original_request = 2;
    oneof message_response {
      Files file_descriptor_response = 4;
      Services list_services_response = 6;
      Error error_response = 7;
    }
  }
  message Files { repeated bytes file_descriptor_proto = 1; }
  message Services { repeated Service service = 1; }
  message Service { string name = 1; }
  message Error { int32 error_code = 1; string error_message = 2; }
  service Reflection { rpc Info(Request) returns (Response); }
`;

interface ReflectionRequest {
  readonly host: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly fileContainingExtension?: { readonly containingType: string };
  readonly allExtensionNumbersOfType?: string;
  readonly listServices?: string;
}

/** Answers what clients like grpcurl ask of the services that state their schema; others they declare are not listed. */
export class GrpcReflection {
  readonly #hosted: readonly RpcService[];
  #isLoaded: Promise<(request: Uint8Array) => Uint8Array> | undefined;

  constructor(hosted: readonly RpcService[]) {
    this.#hosted = hosted;
  }

  /** By path. */
  get methods(): readonly (readonly [path: string, method: StreamMethod])[] {
    const method: StreamMethod = (requests) => this.#info(requests);
    return ["v1", "v1alpha"].map((version) => [
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      method,
    ]);
  }

  async *#info(requests: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#isLoaded ??= this.#load();
    const answer = await this.#isLoaded;
    for await (const request of requests) yield answer(request);
  }

  /** Few servers are ever asked, and what makes descriptors takes 10 MB and a twelfth of a second to load. */
  async #load(): Promise<(request: Uint8Array) => Uint8Array> {
    const { SchemaFiles } = await import("./schema-files.js");
    const { schema, services } = joinSchemas(this.#hosted);
    const files = new SchemaFiles(schema);
    const { request: requestCodec, response: responseCodec } = protoMethod(reflectionProto);
    return (bytes) => {
      const request = requestCodec.decode(bytes) as ReflectionRequest;
      const answer = answerTo(request, files, services);
      return responseCodec.encode({ validHost: request.host, originalRequest: request, ...answer });
    };
  }
}

function answerTo(request: ReflectionRequest, files: SchemaFiles, services: readonly string[]): object {
  const { fileByFilename, fileContainingSymbol, fileContainingExtension, allExtensionNumbersOfType } =
    request;
  if (request.listServices !== undefined) {
    return { listServicesResponse: { service: services.map((name) => ({ name })) } };
  }
  if (fileByFilename !== undefined) return filesAnswer(files.ofName(fileByFilename), "file", fileByFilename);
  if (fileContainingSymbol !== undefined) {
    return filesAnswer(files.ofSymbol(fileContainingSymbol), "symbol", fileContainingSymbol);
  }
  // Messages of proto3 have no extensions.
  const extended = fileContainingExtension?.containingType ?? allExtensionNumbersOfType;
  if (extended !== undefined) return filesAnswer(undefined, "extension of", extended);
  return errorResponse(GrpcStatus.unimplemented, "the request asks for nothing that is known here");
}

function filesAnswer(files: readonly Uint8Array[] | undefined, what: string, name: string): object {
  if (files) return { fileDescriptorResponse: { fileDescriptorProto: files } };
  return errorResponse(GrpcStatus.notFound, `there is no ${what} ${quoteValue(name)}`);
}

function errorResponse(errorCode: GrpcStatus, errorMessage: string): object {
  return { errorResponse: { errorCode, errorMessage } };
}

import type { Socket } from "node:net";
import {
  type handleBidiStreamingCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import {
  type Call,
  codeName,
  type Logger,
  type RpcMethod,
  type RpcService,
  ServeError,
  shortServiceName,
} from "@paddlewheel/core";
import { Scope } from "../auth/authenticator.js";
import { readCredential } from "../auth/credential.js";
import type { ServerLimits } from "../limits.js";
import { answerReports } from "../rpc/answer-reports.js";
import type { CallGate } from "../rpc/call-gate.js";
import { readCallHeaders } from "../rpc/call-headers.js";
import { createCall } from "../rpc/create-call.js";
import type { GrpcHost } from "../rpc/grpc-host.js";
import { grpcStatus } from "../rpc/grpc-status.js";
import { GrpcHealth } from "./health.js";
import { addReflection } from "./reflection.js";

export interface GrpcJsTransportOptions {
  readonly gate: CallGate;
  readonly limits: ServerLimits;
  readonly logger: Logger;
}

type RawCall = ServerUnaryCall<Buffer, Uint8Array>;

/** gRPC on @grpc/grpc-js, over sockets our listener accepted. Messages stay bytes here: the method's codec reads them. */
export class GrpcJsTransport implements GrpcHost {
  readonly #gate: CallGate;
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #injector: ReturnType<Server["createConnectionInjector"]>;
  readonly #health = new GrpcHealth();
  readonly #services: RpcService[] = [];
  #unsent = 0;

  constructor(options: GrpcJsTransportOptions) {
    this.#gate = options.gate;
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#server = new Server({
      "grpc.max_receive_message_length": options.limits.maxBodySize,
      "grpc.max_concurrent_streams": options.limits.maxConcurrentStreams,
      "grpc.keepalive_time_ms": 30_000,
      "grpc.keepalive_timeout_ms": 10_000,
      "grpc.max_connection_idle_ms": 300_000,
      "grpc.enable_channelz": 0,
    });
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#health.addTo(this.#server);
  }

  register(service: RpcService): void {
    this.#services.push(service);
    this.#health.addService(service.name);
    for (const name of new Set([service.name, shortServiceName(service.name)])) {
      const definition: Record<string, object> = {};
      const implementation: UntypedServiceImplementation = {};
      for (const method of service.methods) {
        definition[method.name] = methodDefinition(name, method);
        implementation[method.name] = (raw: RawCall, respond: sendUnaryData<Uint8Array>) => {
          this.#answer({ service, method, raw, respond }).catch((error: unknown) => {
            this.#logger.error({ err: error, method: method.name }, "an answer could not be sent");
          });
        };
      }
      this.#server.addService(definition as Parameters<Server["addService"]>[0], implementation);
    }
  }

  addReflection(): void {
    addReflection(
      guarded(this.#server, (metadata) => this.#refuseReflection(metadata)),
      this.#services,
    );
  }

  setServing(isServing: boolean): void {
    this.#health.setServing(isServing);
  }

  handle(socket: Socket, firstBytes: Uint8Array): void {
    socket.unshift(firstBytes);
    this.#injector.injectConnection(socket);
  }

  /** @grpc/grpc-js counts, but does not tell. */
  requestsOn(): undefined {
    return undefined;
  }

  get isIdle(): boolean {
    return this.#unsent === 0;
  }

  drain(): void {
    this.#injector.drain(this.#limits.drainTimeoutMs);
  }

  close(): void {
    this.#server.forceShutdown();
  }

  async #answer(options: {
    readonly service: RpcService;
    readonly method: RpcMethod;
    readonly raw: RawCall;
    readonly respond: sendUnaryData<Uint8Array>;
  }): Promise<void> {
    const { service, method, raw, respond } = options;
    const headers = readCallHeaders((name) => metadataText(raw.metadata, name));
    const deadline = Number(raw.getDeadline());
    const call = createCall(
      {
        service: service.name,
        method: method.name,
        protocol: "grpc",
        timeoutMs: this.#timeoutMs(deadline),
        isTimeoutGiven: Number.isFinite(deadline),
        headers,
      },
      this.#gate.tracer,
    );
    this.#unsent++;
    // grpc-js also says so at the end of a call that was answered, once the last of its bytes may leave.
    raw.once("cancelled", () => {
      this.#unsent--;
      call.cancel();
    });
    try {
      const bytes = await this.#gate.run(
        call,
        async () =>
          asBuffer(method.response.encode(await method.handle(method.request.decode(raw.request), call))),
        headers.credential,
      );
      respond(null, bytes, this.#trailers(call));
    } catch (thrown) {
      respond(statusObject(ServeError.from(thrown), this.#trailers(call)));
    }
  }

  #refuseReflection(metadata: Metadata): ServeError | undefined {
    const credential = readCredential((name) => metadataText(metadata, name));
    return this.#gate.refuse(Scope.reflection, credential);
  }

  /** Metadata behind the answer; most often there is none. */
  #trailers(call: Call): Metadata | undefined {
    const reports = answerReports(call, this.#gate.tracer);
    if (!reports) return undefined;
    const trailers = new Metadata();
    for (const [name, value] of reports) trailers.set(name, value);
    return trailers;
  }

  #timeoutMs(deadline: number): number | undefined {
    const remaining = deadline - Date.now();
    if (Number.isFinite(remaining)) return Math.min(remaining, this.#limits.maxTimeoutMs);
    return this.#limits.defaultTimeoutMs || undefined;
  }
}

/** Adds services whose streams end with an error where `refuse` gives one. */
function guarded(
  server: Server,
  refuse: (metadata: Metadata) => ServeError | undefined,
): Pick<Server, "addService"> {
  return {
    addService(definition, implementation) {
      const handlers = Object.entries(implementation).map(([name, handle]) => {
        const guard = (stream: ServerDuplexStream<unknown, unknown>): void => {
          const refusal = refuse(stream.metadata);
          if (refusal) stream.emit("error", statusObject(refusal));
          else (handle as handleBidiStreamingCall<unknown, unknown>)(stream);
        };
        return [name, guard];
      });
      server.addService(definition, Object.fromEntries(handlers));
    },
  };
}

function methodDefinition(service: string, method: RpcMethod): object {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    path: `/${service}/${method.name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

/** @grpc/grpc-js copies messages by a method that only Buffers have. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function metadataText(metadata: Metadata, key: string): string | undefined {
  const values = metadata.get(key);
  return values.length > 0 ? values.join(", ") : undefined;
}

/** The error as a gRPC status; the number gRPC has no place for travels as `x-bd-error-code`. */
function statusObject(
  error: ServeError,
  metadata: Metadata = new Metadata(),
): { code: number; details: string; metadata: Metadata } {
  metadata.set("x-bd-error-code", String(error.code));
  const code = grpcStatus[codeName(error.code) ?? "internal"];
  return { code, details: error.message, metadata };
}

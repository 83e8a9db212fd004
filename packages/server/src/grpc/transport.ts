import type { Socket } from "node:net";
import {
  type Call,
  type ClientIdentity,
  Code,
  type Logger,
  type Metrics,
  type RpcMethod,
  type RpcService,
  ServeError,
  shortServiceName,
} from "@paddlewheel/core";
import type { BodyReceiver, HeaderField, Http2Server, ServerStream, StreamHandler } from "@paddlewheel/http2";
import { Scope } from "../auth/authenticator.js";
import type { ServerLimits } from "../limits.js";
import { answerReports } from "../rpc/answer-reports.js";
import type { CallGate } from "../rpc/call-gate.js";
import type { ClientStreamHandler } from "../rpc/client-stream-handler.js";
import { createCall } from "../rpc/create-call.js";
import { createHttp2Server } from "../rpc/create-http2-server.js";
import type { GrpcHost } from "../rpc/grpc-host.js";
import { OpenRequests } from "../rpc/open-requests.js";
import type { RequestCounts } from "../rpc/request-counts.js";
import { notImplemented } from "../rpc/service-directory.js";
import { unknownMethod } from "../rpc/unknown-method.js";
import { clientIdentityOf } from "../tls/client-identity.js";
import { errorAnswer } from "./answer-fields.js";
import { GrpcHealth } from "./health.js";
import { GrpcReflection } from "./reflection.js";
import { isGrpcRequest, isRefusal, type RequestHead, readRequestHead } from "./request-head.js";
import { StreamCall, type StreamMethod } from "./stream-call.js";
import { UnaryCall, type UnaryCallHost } from "./unary-call.js";

export interface GrpcTransportOptions {
  readonly gate: CallGate;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Answers requests over HTTP/2 that are not gRPC. */
  readonly otherwise: ClientStreamHandler;
}

/** What stands behind a path. */
interface HostedMethod {
  readonly service: string;
  readonly name: string;
  readonly method: RpcMethod;
}

/** gRPC on our own HTTP/2, over sockets our listener accepted. */
export class GrpcTransport implements GrpcHost, ClientStreamHandler {
  readonly #gate: CallGate;
  readonly #limits: ServerLimits;
  readonly #otherwise: ClientStreamHandler;
  readonly #http2: Http2Server;
  readonly #callHost: UnaryCallHost;
  readonly #openRequests = new OpenRequests();
  readonly #health = new GrpcHealth();
  readonly #services: RpcService[] = [];
  /** By path, under the full and the short name of each service. */
  readonly #methods = new Map<string, HostedMethod>();
  /** What gRPC itself offers, by path. */
  readonly #streamMethods = new Map<string, StreamMethod>(this.#health.methods);
  /** Those that are not for everybody. */
  readonly #guardedPaths = new Set<string>();
  /** By the list that HTTP/2 gives: it is the same one each time a client repeats a header block. */
  readonly #heads = new WeakMap<readonly HeaderField[], RequestHead>();

  constructor({ gate, limits, logger, metrics, otherwise }: GrpcTransportOptions) {
    this.#gate = gate;
    this.#limits = limits;
    this.#otherwise = otherwise;
    this.#callHost = {
      gate,
      openRequests: this.#openRequests,
      maxMessageSize: limits.maxBodySize,
      onUnsent: (error) => logger.error({ err: error }, "an answer could not be sent"),
    };
    this.#http2 = createHttp2Server(this, { limits, logger, metrics });
  }

  register(service: RpcService): void {
    this.#services.push(service);
    this.#health.addService(service.name);
    for (const name of new Set([service.name, shortServiceName(service.name)])) {
      for (const method of service.methods) {
        this.#methods.set(`/${name}/${method.name}`, { service: service.name, name: method.name, method });
      }
    }
  }

  addReflection(): void {
    for (const [path, method] of new GrpcReflection(this.#services).methods) {
      this.#streamMethods.set(path, method);
      this.#guardedPaths.add(path);
    }
  }

  setServing(isServing: boolean): void {
    this.#health.setServing(isServing);
  }

  handle(socket: Socket, firstBytes: Uint8Array): void {
    const client = clientIdentityOf(socket);
    const handler = client && this.#handlerFor(client);
    this.#http2.serve(socket, firstBytes, handler);
  }

  requestsOn(socket: Socket): RequestCounts | undefined {
    return this.#http2.requestsOn(socket);
  }

  get isIdle(): boolean {
    return this.#http2.streamCount === 0;
  }

  drain(): void {
    this.#openRequests.drain();
    this.#http2.shutdown();
  }

  close(): void {
    this.#openRequests.close();
    this.#http2.close();
  }

  onHeaders(
    stream: ServerStream,
    fields: readonly HeaderField[],
    client?: ClientIdentity,
  ): BodyReceiver | undefined {
    const known = this.#heads.get(fields);
    if (known) return this.#open(stream, known, client);
    if (!isGrpcRequest(fields)) return this.#otherwise.onHeaders(stream, fields, client);
    const head = readRequestHead(fields, this.#limits);
    if (isRefusal(head)) {
      stream.sendHeaders(head, true);
      return undefined;
    }
    this.#heads.set(fields, head);
    return this.#open(stream, head, client);
  }

  /** For a connection whose client showed a certificate. */
  #handlerFor(client: ClientIdentity): StreamHandler {
    return { onHeaders: (stream, fields) => this.onHeaders(stream, fields, client) };
  }

  #open(
    stream: ServerStream,
    head: RequestHead,
    client: ClientIdentity | undefined,
  ): BodyReceiver | undefined {
    const found = this.#methods.get(head.path);
    const streamMethod = found ? undefined : this.#streamMethods.get(head.path);
    if (streamMethod) return this.#openStream(stream, head, streamMethod);
    const call = this.#createCall(head, found, client);
    const refusal = this.#gate.begin(call, head.callHeaders.credential) ?? this.#refuse(call, head, found);
    if (found && !refusal) {
      return new UnaryCall({ host: this.#callHost, stream, head, method: found.method, call });
    }
    if (refusal) stream.sendHeaders(errorAnswer(refusal, answerReports(call, this.#gate.tracer)), true);
    return undefined;
  }

  #openStream(stream: ServerStream, head: RequestHead, method: StreamMethod): BodyReceiver | undefined {
    const fault = this.#refuseStream(head) ?? head.fault;
    if (!fault) return new StreamCall({ stream, head, method, openRequests: this.#openRequests });
    stream.sendHeaders(errorAnswer(fault), true);
    return undefined;
  }

  #refuseStream({ path, callHeaders }: RequestHead): ServeError | undefined {
    if (!this.#guardedPaths.has(path)) return undefined;
    return this.#gate.refuse(Scope.reflection, callHeaders.credential);
  }

  #createCall(head: RequestHead, found: HostedMethod | undefined, client: ClientIdentity | undefined): Call {
    const { timeoutMs, isTimeoutGiven, callHeaders: headers } = head;
    const { service, name } = found ?? unknownMethod;
    const call = createCall(
      { protocol: "grpc", service, method: name, timeoutMs, isTimeoutGiven, headers, client },
      this.#gate.tracer,
    );
    call.receivedAt = Number.POSITIVE_INFINITY;
    return call;
  }

  /** The end of a call that was taken in and cannot be made. */
  #refuse(call: Call, { path, fault }: RequestHead, found: HostedMethod | undefined): ServeError | undefined {
    if (found && !fault) return undefined;
    return this.#gate.fail(call, found ? fault : this.#notFound(path));
  }

  #notFound(path: string): ServeError {
    const [, service = ""] = path.split("/", 2);
    const isHosted = this.#services.some(
      ({ name }) => name === service || shortServiceName(name) === service,
    );
    return new ServeError(isHosted ? Code.methodNotFound : Code.serviceNotFound, notImplemented(path));
  }
}

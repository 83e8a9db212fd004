import type { Socket } from "node:net";
import {
  type Call,
  type Clock,
  Code,
  type Counter,
  type Logger,
  limitCounter,
  type Metrics,
  ServeError,
  systemClock,
  type Timer,
} from "@paddlewheel/core";
import { FlushQueue } from "@paddlewheel/http2";
import type { RpcMeta } from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";
import { answerReports } from "../rpc/answer-reports.js";
import type { CallGate } from "../rpc/call-gate.js";
import { createCall } from "../rpc/create-call.js";
import { Health } from "../rpc/health.js";
import type { RequestCounts } from "../rpc/request-counts.js";
import { type FoundMethod, notImplemented, type ServiceDirectory } from "../rpc/service-directory.js";
import { unknownMethod } from "../rpc/unknown-method.js";
import { errorFrame } from "./answer-head.js";
import { type BuiltinMethod, builtinFrame, builtinMethods } from "./builtin.js";
import { Connection, type ConnectionHost, type RefusalCounters } from "./connection.js";
import { readRequestHead } from "./request-head.js";
import { UnaryCall } from "./unary-call.js";

export interface BaiduStdTransportOptions {
  readonly gate: CallGate;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly directory: ServiceDirectory;
  /** Of connections; calls have their own. */
  readonly clock?: Clock;
}

/** How often connections look after time, in ms: their limits are in seconds. */
const sweepIntervalMs = 1000;

/** How long a connection of a stopping server may still bring requests, which are refused, in ms. */
const graceMs = 500;

/** baidu_std, brpc's own protocol, over sockets our listener accepted. */
export class BaiduStdTransport implements ConnectionHost {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly queue: FlushQueue = new FlushQueue();
  readonly refused: RefusalCounters;
  readonly gate: CallGate;
  readonly #directory: ServiceDirectory;
  readonly #clock: Clock;
  readonly #tooManyCalls: Counter;
  readonly #health = new Health();
  readonly #builtin = builtinMethods(this.#health);
  readonly #connections = new Map<Socket, Connection>();
  #sweepTimer: Timer | undefined;
  #graceTimer: Timer | undefined;
  #isDraining = false;

  constructor(options: BaiduStdTransportOptions) {
    this.limits = options.limits;
    this.logger = options.logger;
    this.gate = options.gate;
    this.refused = refusalCounters(options.metrics);
    this.#directory = options.directory;
    this.#clock = options.clock ?? systemClock;
    this.#tooManyCalls = limitCounter(options.metrics, "calls_per_connection");
  }

  /** What grpc.health.v1 says of the server and of each service. */
  setServing(isServing: boolean): void {
    for (const { name } of this.#directory.services()) this.#health.addService(name);
    this.#health.setServing(isServing);
  }

  /** Takes over a connection; `firstBytes` were read from it already. */
  handle(socket: Socket, firstBytes: Uint8Array): void {
    const connection = new Connection(socket, this);
    connection.isDraining = this.#isDraining;
    this.#connections.set(socket, connection);
    socket.once("close", () => this.#connections.delete(socket));
    this.#sweepTimer ??= this.#clock.setTimer(this.#sweep, sweepIntervalMs);
    connection.start(Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.length));
  }

  /** Undefined for a connection that is none of its own. */
  requestsOn(socket: Socket): RequestCounts | undefined {
    return this.#connections.get(socket)?.requests;
  }

  /** Every request has its whole answer, or its connection is gone. */
  get isIdle(): boolean {
    for (const { isIdle } of this.#connections.values()) if (!isIdle) return false;
    return true;
  }

  /**
   * Refuses every request from now on, so that its caller sends it elsewhere, and ends each connection when its calls are
   * answered. Source: brpc's ELOGOFF.
   */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (const connection of this.#connections.values()) connection.isDraining = true;
    this.#graceTimer = this.#clock.setTimer(() => {
      for (const connection of this.#connections.values()) connection.endWhenIdle();
    }, graceMs);
  }

  /** Ends every connection. */
  close(): void {
    this.#sweepTimer?.cancel();
    this.#graceTimer?.cancel();
    for (const connection of this.#connections.values()) connection.destroy();
  }

  onRequest(connection: Connection, meta: RpcMeta, payload: Uint8Array): void {
    const found = this.#find(meta);
    const builtin = found ? undefined : this.#builtin.get(pathOf(meta));
    if (builtin) connection.send(answerBuiltin(builtin, meta, payload));
    else this.#take(connection, { meta, found })?.run(payload);
  }

  onOversized(connection: Connection, meta: RpcMeta, fault: ServeError): void {
    this.#take(connection, { meta, found: this.#find(meta), fault });
  }

  #find({ request }: RpcMeta): FoundMethod | undefined {
    const found = request && this.#directory.get(request.serviceName, request.methodName);
    const isHere = found?.service.protocols?.includes("baidu_std") ?? true;
    return isHere ? found : undefined;
  }

  /** Takes a call in; undefined when it is answered already, with a refusal. */
  #take(connection: Connection, received: ReceivedRequest): UnaryCall | undefined {
    const { meta, found } = received;
    const { callHeaders: headers, timeoutMs } = readRequestHead(meta, this.limits);
    const { service, method } = found
      ? { service: found.service.name, method: found.method.name }
      : { service: unknownMethod.service, method: unknownMethod.name };
    const call = createCall(
      { protocol: "baidu_std", service, method, timeoutMs, headers, client: connection.client },
      this.gate.tracer,
    );
    connection.begin();
    const credential = headers.credential ?? connection.credentialOf(meta);
    const refusal = this.gate.begin(call, credential) ?? this.#refuse(call, connection, received);
    if (found && !refusal) return new UnaryCall({ host: this, connection, meta, method: found.method, call });
    if (refusal) connection.answer(errorFrame(meta, refusal, answerReports(call, this.gate.tracer)));
    // Compat: a connection whose peer is not who it should be is closed, as brpc does.
    if (refusal?.code === Code.unauthenticated) connection.stopReading();
    return undefined;
  }

  /** The end of a call that was taken in and cannot be made. */
  #refuse(call: Call, connection: Connection, received: ReceivedRequest): ServeError | undefined {
    const fault = received.fault ?? this.#faultOf(connection, received);
    return fault && this.gate.fail(call, fault);
  }

  #faultOf(connection: Connection, { meta, found }: ReceivedRequest): ServeError | undefined {
    if (connection.isDraining) return new ServeError(Code.unavailable, "the server is stopping");
    if (!found) return new ServeError(this.#codeOfUnknown(meta), notImplemented(pathOf(meta)));
    const { maxConcurrentStreams } = this.limits;
    if (connection.callsAtWork <= maxConcurrentStreams) return undefined;
    this.#tooManyCalls.increment();
    const message = `${connection.callsAtWork} calls are at work on this connection, the limit is ${maxConcurrentStreams}`;
    return new ServeError(Code.resourceExhausted, message);
  }

  /** Compat: to brpc, a service with a package that it does not know is a method that it does not know. */
  #codeOfUnknown({ request }: RpcMeta): Code {
    const service = request?.serviceName ?? "";
    const isMethod = service.includes(".") || this.#directory.has(service);
    return isMethod ? Code.methodNotFound : Code.serviceNotFound;
  }

  readonly #sweep = (): void => {
    const now = this.#clock.now();
    for (const connection of this.#connections.values()) connection.sweep(now);
    const isNeeded = this.#connections.size > 0;
    this.#sweepTimer = isNeeded ? this.#clock.setTimer(this.#sweep, sweepIntervalMs) : undefined;
  };
}

/** A request, as far as it came. */
interface ReceivedRequest {
  readonly meta: RpcMeta;
  readonly found: FoundMethod | undefined;
  /** Why it cannot be answered. */
  readonly fault?: ServeError;
}

function pathOf({ request }: RpcMeta): string {
  return `/${request?.serviceName ?? ""}/${request?.methodName ?? ""}`;
}

function answerBuiltin(method: BuiltinMethod, meta: RpcMeta, payload: Uint8Array): readonly Uint8Array[] {
  try {
    return builtinFrame(meta, method(payload));
  } catch (error) {
    return [errorFrame(meta, ServeError.from(error))];
  }
}

function refusalCounters(metrics: Metrics): RefusalCounters {
  return {
    frameSize: limitCounter(metrics, "frame_size"),
    frameTimeout: limitCounter(metrics, "frame_timeout"),
    emptyFrames: limitCounter(metrics, "empty_frames"),
    unwrittenBytes: limitCounter(metrics, "unwritten_bytes"),
    answerTimeout: limitCounter(metrics, "answer_timeout"),
  };
}

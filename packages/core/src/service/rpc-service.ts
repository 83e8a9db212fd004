import type { Call, Protocol } from "../call.js";
import type { ServeError } from "../serve-error.js";
import type { MaxConcurrency } from "./max-concurrency.js";
import type { RestfulPaths } from "./restful-mapping.js";

/**
 * Bytes and JSON of one message type, as every transport needs them. Decoders throw ServeError malformedRequest or
 * invalidArgument that names the field.
 */
export interface MessageCodec<T> {
  /** Full protobuf name of the message type. */
  readonly typeName: string;
  /**
   * The message may keep views of `bytes`: they must stay unchanged as long as the message lives. With `isOwned` nobody
   * else reads them ever again, and the codec may move them about to save a copy.
   */
  decode(bytes: Uint8Array, isOwned?: boolean): T;
  encode(message: T): Uint8Array;
  /** brpc's JSON dialect. */
  decodeJson(text: string): T;
  encodeJson(message: T): string;
  /** Protobuf's standard JSON, where the message is one of protobuf's. */
  readonly protoJson?: TextForm<T>;
  /** Protobuf's text format, where the message is one of protobuf's. */
  readonly protoText?: TextForm<T>;
}

/** A message as text; its functions throw what those of the codec it belongs to do. */
export interface TextForm<T> {
  decode(text: string): T;
  encode(message: T): string;
}

/** One method of a service, whatever the transport. */
export interface RpcMethod<Request = unknown, Response = unknown> {
  readonly name: string;
  readonly request: MessageCodec<Request>;
  readonly response: MessageCodec<Response>;
  /** Calls of it that may be at work at once, over all protocols; undefined for no limit. */
  readonly maxConcurrency?: MaxConcurrency | undefined;
  /** Why a call cannot be answered now, whatever its message says; asked before that is read. */
  refusal?(call: Call): ServeError | undefined;
  /** Answers one call. What it throws reaches the caller through `ServeError.from`. */
  handle(request: Request, call: Call): Response | PromiseLike<Response>;
  /** The response message that carries an error, for transports that can send one beside the status. */
  errorResponse?(error: { readonly code: number; readonly message: string }, call: Call): Response;
}

/** States a method with its own message types, for a place that holds methods of all types. */
export function defineMethod<Request, Response>(method: RpcMethod<Request, Response>): RpcMethod {
  // Safe: a transport passes to `handle` only what this method's own request codec made.
  return method as unknown as RpcMethod;
}

/** A service any transport can host: anything may register one with the server. */
export interface RpcService {
  /** Full protobuf name, `package.Service`. */
  readonly name: string;
  readonly methods: readonly RpcMethod[];
  /** Protocols it may be called by; undefined for all. */
  readonly protocols?: readonly Protocol[];
  /** Paths that reach its methods over HTTP; `/{service}/{method}` alone when undefined. */
  readonly restful?: RestfulPaths;
  /** The schema as protobufjs's JSON descriptor, for gRPC reflection. */
  readonly schema?: object;
}

/** `Service` of `package.Service`; brpc clients may call a service by either. */
export function shortServiceName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

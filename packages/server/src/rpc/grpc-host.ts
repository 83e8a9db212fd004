import type { Socket } from "node:net";
import type { RpcService } from "@paddlewheel/core";
import type { RequestCounts } from "./request-counts.js";

/** gRPC on sockets our listener accepted: services, and grpc.health.v1 and reflection of them. */
export interface GrpcHost {
  /** Hosts a service under its full and its short name; it is not serving yet. Before the first connection. */
  register(service: RpcService): void;
  /** Offers gRPC reflection of the services registered so far. */
  addReflection(): void;
  /** What grpc.health.v1 says of the server and of each service. */
  setServing(isServing: boolean): void;
  /** Takes over a connection; `firstBytes` were read from it already. */
  handle(socket: Socket, firstBytes: Uint8Array): void;
  /** Undefined for a connection that is none of its own, and where it does not count them. */
  requestsOn(socket: Socket): RequestCounts | undefined;
  /** Every call has its whole answer, or its stream is gone. */
  readonly isIdle: boolean;
  /** Tells every peer to send no more calls here; calls at work go on. */
  drain(): void;
  /** Ends every connection. */
  close(): void;
}

/**
 * What speaks gRPC: our own HTTP/2, or @grpc/grpc-js on Node's. They answer alike; ours takes a fraction of the CPU
 * time, and theirs is the one that everybody else runs.
 */
export type GrpcEngine = "native" | "grpc-js";

import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { protoMethod } from "./proto-codec.js";
import { onlyRequest, type StreamMethod } from "./stream-call.js";

/** Source: gRPC's health-checking.md. `Watch` streams its answers, which its messages do not show. */
const healthProto = `
  syntax = "proto3";
  package grpc.health.v1;
  message HealthCheckRequest { string service = 1; }
  message HealthCheckResponse {
    enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
    ServingStatus status = 1;
  }
  service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
`;

type ServingStatus = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** grpc.health.v1: the whole server under the empty name, and each service under its own. */
export class GrpcHealth {
  readonly #services = new Set<string>([""]);
  readonly #watchers = new Set<() => void>();
  readonly #codec = healthCodec();
  #isServing = false;

  addService(name: string): void {
    this.#services.add(name);
  }

  setServing(isServing: boolean): void {
    this.#isServing = isServing;
    for (const wake of this.#watchers) wake();
  }

  /** By path. */
  get methods(): readonly (readonly [path: string, method: StreamMethod])[] {
    return [
      ["/grpc.health.v1.Health/Check", (requests) => this.#check(requests)],
      ["/grpc.health.v1.Health/Watch", (requests, signal) => this.#watch(requests, signal)],
    ];
  }

  async *#check(requests: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const service = await this.#requested(requests);
    const status = this.#statusOf(service);
    if (status === "SERVICE_UNKNOWN") {
      throw new ServeError(Code.notFound, `no service named ${quoteValue(service)} is served here`);
    }
    yield this.#codec.encode(status);
  }

  /** The status now, and again whenever it is another. */
  async *#watch(requests: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const service = await this.#requested(requests);
    let told: ServingStatus | undefined;
    while (!signal.aborted) {
      const status = this.#statusOf(service);
      if (status === told) await this.#change(signal);
      else yield this.#codec.encode(status);
      told = status;
    }
  }

  async #requested(requests: AsyncIterable<Uint8Array>): Promise<string> {
    return this.#codec.decode(await onlyRequest(requests));
  }

  #statusOf(service: string): ServingStatus {
    if (!this.#services.has(service)) return "SERVICE_UNKNOWN";
    return this.#isServing ? "SERVING" : "NOT_SERVING";
  }

  /** Waits until the status may be another, or the signal aborts. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#watchers.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#watchers.add(wake);
      signal.addEventListener("abort", wake);
    });
  }
}

interface HealthCodec {
  /** The name of the service. */
  decode(request: Uint8Array): string;
  encode(status: ServingStatus): Uint8Array;
}

function healthCodec(): HealthCodec {
  const { request, response } = protoMethod(healthProto);
  return {
    decode: (bytes) => (request.decode(bytes) as { readonly service: string }).service,
    encode: (status) => response.encode({ status }),
  };
}

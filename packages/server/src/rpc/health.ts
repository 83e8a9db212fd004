import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { protoMethod } from "./proto-codec.js";

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

export type ServingStatus = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** What grpc.health.v1 says: of the whole server under the empty name, of each service under its own. */
export class Health {
  readonly #services = new Set<string>([""]);
  readonly #watchers = new Set<() => void>();
  readonly #codec = protoMethod(healthProto);
  #isServing = false;

  addService(name: string): void {
    this.#services.add(name);
  }

  setServing(isServing: boolean): void {
    this.#isServing = isServing;
    for (const wake of this.#watchers) wake();
  }

  /**
   * Answers `Check`.
   * @throws ServeError notFound for a service that is not here.
   */
  check(request: Uint8Array): Uint8Array {
    const service = this.readRequest(request);
    const status = this.statusOf(service);
    if (status === "SERVICE_UNKNOWN") {
      throw new ServeError(Code.notFound, `no service named ${quoteValue(service)} is served here`);
    }
    return this.encode(status);
  }

  /** The name of the service a request asks for. */
  readRequest(request: Uint8Array): string {
    return (this.#codec.request.decode(request) as { readonly service: string }).service;
  }

  encode(status: ServingStatus): Uint8Array {
    return this.#codec.response.encode({ status });
  }

  statusOf(service: string): ServingStatus {
    if (!this.#services.has(service)) return "SERVICE_UNKNOWN";
    return this.#isServing ? "SERVING" : "NOT_SERVING";
  }

  /** Waits until a status may be another, or the signal aborts. */
  change(signal: AbortSignal): Promise<void> {
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

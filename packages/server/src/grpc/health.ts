import { Health, type ServingStatus } from "../rpc/health.js";
import { onlyRequest, type StreamMethod } from "./stream-call.js";

/** grpc.health.v1 as methods of gRPC. */
export class GrpcHealth {
  readonly #health = new Health();

  addService(name: string): void {
    this.#health.addService(name);
  }

  setServing(isServing: boolean): void {
    this.#health.setServing(isServing);
  }

  /** By path. */
  get methods(): readonly (readonly [path: string, method: StreamMethod])[] {
    return [
      ["/grpc.health.v1.Health/Check", (requests) => this.#check(requests)],
      ["/grpc.health.v1.Health/Watch", (requests, signal) => this.#watch(requests, signal)],
    ];
  }

  async *#check(requests: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield this.#health.check(await onlyRequest(requests));
  }

  /** The status now, and again whenever it is another. */
  async *#watch(requests: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const service = this.#health.readRequest(await onlyRequest(requests));
    let told: ServingStatus | undefined;
    while (!signal.aborted) {
      const status = this.#health.statusOf(service);
      if (status === told) await this.#health.change(signal);
      else yield this.#health.encode(status);
      told = status;
    }
  }
}

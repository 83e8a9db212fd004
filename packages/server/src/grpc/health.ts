import type { Server } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";

/** grpc.health.v1: the whole server under the empty name, and each service under its own. */
export class GrpcHealth {
  readonly #implementation: HealthImplementation;
  readonly #services: readonly string[];

  constructor(services: readonly string[]) {
    this.#services = ["", ...services];
    this.#implementation = new HealthImplementation(
      Object.fromEntries(this.#services.map((name) => [name, "NOT_SERVING" as const])),
    );
  }

  addTo(server: Pick<Server, "addService">): void {
    this.#implementation.addToServer(server as Server);
  }

  setServing(isServing: boolean): void {
    for (const name of this.#services) {
      this.#implementation.setStatus(name, isServing ? "SERVING" : "NOT_SERVING");
    }
  }
}

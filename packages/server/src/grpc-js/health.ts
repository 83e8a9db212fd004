import type { Server } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";

/** grpc.health.v1: the whole server under the empty name, and each service under its own. */
export class GrpcHealth {
  readonly #implementation = new HealthImplementation();
  readonly #services = new Set<string>();

  constructor() {
    this.addService("");
  }

  /** A service that is not serving yet. */
  addService(name: string): void {
    this.#services.add(name);
    this.#implementation.setStatus(name, "NOT_SERVING");
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

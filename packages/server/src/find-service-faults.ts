import type { ServerConf } from "@paddlewheel/conf";
import { noMetrics, type OpEnvironment, ServeError, silentLogger, systemClock } from "@paddlewheel/core";
import { createServices } from "./create-services.js";
import { LateInferManager } from "./late-infer-manager.js";
import { createOpPool } from "./op-pool/op-pool.js";
import type { Registries } from "./registries.js";

/**
 * What keeps the services of a checked conf from being built, which conf alone cannot tell: .proto files with faults,
 * Ops that cannot be created. One text per service at fault; nothing is started.
 */
export function findServiceFaults(conf: ServerConf, registries: Registries): readonly string[] {
  const environment = idleEnvironment();
  return conf.services.flatMap((service) => {
    try {
      createServices({ ...conf, services: [service] }, registries, environment);
      return [];
    } catch (thrown) {
      return [`service "${service.name}": ${describe(ServeError.from(thrown))}`];
    }
  });
}

/** Who reads it wrote the Op: what its constructor threw is no secret here. */
function describe({ message, cause, details: { workflow } }: ServeError): string {
  const place = workflow === undefined ? "" : `workflow "${workflow}": `;
  return `${place}${message}${cause instanceof Error ? `: ${cause.message}` : ""}`;
}

/** Enough to build Ops that never run; the pool starts its threads with its first run. */
function idleEnvironment(): OpEnvironment {
  return {
    inferManager: new LateInferManager(),
    metrics: noMetrics,
    logger: silentLogger,
    clock: systemClock,
    opPool: createOpPool({ metrics: noMetrics, logger: silentLogger }),
  };
}

import type { ServerConf } from "@paddlewheel/conf";
import {
  type Fault,
  type FieldPath,
  noMetrics,
  type OpEnvironment,
  ServeError,
  silentLogger,
  systemClock,
} from "@paddlewheel/core";
import { createService, createWorkflows } from "./create-services.js";
import { LateInferManager } from "./late-infer-manager.js";
import { createOpPool } from "./op-pool/op-pool.js";
import type { Registries } from "./registries.js";

/**
 * What keeps the services of a checked conf from being built, which conf alone cannot tell: .proto files with faults,
 * Ops that cannot be created. One fault per service at most; nothing is started.
 */
export function findServiceFaults(conf: ServerConf, registries: Registries): readonly Fault[] {
  const workflows = createWorkflows(conf, registries.ops);
  const parts = { workflows, registries, environment: idleEnvironment() };
  return conf.services.flatMap((service, index): Fault[] => {
    try {
      createService(service, parts);
      return [];
    } catch (thrown) {
      const error = ServeError.from(thrown);
      return [{ path: pathOf(error, index, conf), message: messageOf(error) }];
    }
  });
}

/** Where conf says what is at fault: a node, a field of the service, or the service. */
function pathOf({ details }: ServeError, service: number, { workflows }: ServerConf): FieldPath {
  const workflow = workflows.findIndex(({ name }) => name === details.workflow);
  const node = workflows[workflow]?.nodes.findIndex(({ name }) => name === details.node) ?? -1;
  if (node >= 0) return ["workflows", workflow, "nodes", node, "type"];
  const { field, index } = details;
  if (field === undefined) return ["services", service];
  return ["services", service, field, ...(index === undefined ? [] : [Number(index)])];
}

/** Who reads it wrote the Op: what its constructor threw is no secret here. */
function messageOf({ message, cause }: ServeError): string {
  return `${message}${cause instanceof Error ? `: ${cause.message}` : ""}`;
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

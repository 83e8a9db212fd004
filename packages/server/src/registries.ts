import type { KnownNames } from "@paddlewheel/conf";
import {
  type InferService,
  MergerRegistry,
  type Metrics,
  OpRegistry,
  type RpcService,
} from "@paddlewheel/core";
import { engineTypes } from "@paddlewheel/inference";
import { GeneralCopyOp } from "./general/general-copy-op.js";
import { GeneralInferOp } from "./general/general-infer-op.js";
import { createGeneralModelService } from "./general/general-model-service.js";
import { GeneralReaderOp } from "./general/general-reader-op.js";
import { GeneralResponseOp } from "./general/general-response-op.js";
import { GeneralSelectOp } from "./general/general-select-op.js";
import { GeneralTextReaderOp } from "./general/general-text-reader-op.js";
import { GeneralTextResponseOp } from "./general/general-text-response-op.js";

/** Makes the RPC face of a service that conf configures. */
export type RpcServiceFactory = (service: InferService, metrics: Metrics) => RpcService;

/** What conf may name. Add your own before the server is created. */
export interface Registries {
  readonly ops: OpRegistry;
  readonly mergers: MergerRegistry;
  /** By the short service name conf uses. */
  readonly services: Map<string, RpcServiceFactory>;
}

/** The registries with everything that comes with the framework. */
export function createRegistries(): Registries {
  const ops = new OpRegistry()
    .register(GeneralReaderOp)
    .register(GeneralInferOp)
    .register(GeneralResponseOp)
    .register(GeneralCopyOp)
    .register(GeneralSelectOp)
    .register(GeneralTextReaderOp)
    .register(GeneralTextResponseOp);
  const services = new Map<string, RpcServiceFactory>([["GeneralModelService", createGeneralModelService]]);
  return { ops, mergers: new MergerRegistry(), services };
}

/** The names conf is checked against. */
export function knownNames(registries: Registries): KnownNames {
  const opTypes = [...registries.ops.entries()].map(
    ([type, { needsEngine = false, engineOption }]) =>
      [type, { needsEngine, engineOption, ...registries.ops.optionsOf(type) }] as const,
  );
  return {
    opTypes: new Map(opTypes),
    mergers: new Set(registries.mergers.names()),
    services: new Set(registries.services.keys()),
    engineTypes: new Set(engineTypes.keys()),
  };
}

import type { ServerConf } from "@paddlewheel/conf";
import {
  Code,
  createInferService,
  type InferServiceConf,
  type MaxConcurrency,
  nameHint,
  type OpEnvironment,
  OpPlace,
  type OpRegistry,
  type RpcService,
  ServeError,
  Workflow,
} from "@paddlewheel/core";
import { loadProtoService, type ProtoService } from "@paddlewheel/wire";
import type { OpAddress } from "./op-pool/op-job.js";
import type { Registries } from "./registries.js";
import { createProtoService, fitToProto } from "./rpc/proto-service.js";
import { createWebService } from "./web/web-service.js";

/** What the services of one conf are built from. */
export interface ServiceParts {
  /** By name. */
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly registries: Registries;
  readonly environment: OpEnvironment;
}

/** @throws ServeError invalidConf with every fault of the first workflow that has any. */
export function createWorkflows(conf: ServerConf, ops: OpRegistry): ReadonlyMap<string, Workflow> {
  return new Map(conf.workflows.map((one) => [one.name, new Workflow(one, ops)]));
}

/**
 * The service that conf declares, and its web service when it has one.
 * @throws ServeError when it cannot be built: the details name the `workflow` and `node`, or the `field` of the service,
 * that is at fault.
 */
export function createService(
  serviceConf: InferServiceConf,
  { workflows, registries, environment }: ServiceParts,
): RpcService[] {
  const declared = { conf: serviceConf, merger: registries.mergers.get(serviceConf.merger) };
  const proto = loadProtoOf(serviceConf);
  const fitted = proto ? fitToProto(proto, declared) : declared;
  const service = createInferService({ ...fitted, workflows, environment });
  const rpcService = proto
    ? createProtoService(proto, service)
    : registries.services.get(serviceConf.name)?.(service, environment.metrics);
  const { webService: name } = serviceConf;
  const own = service.workflowNames.flatMap((workflow) => workflows.get(workflow) ?? []);
  const webService = name
    ? createWebService({ name, service, workflows: own, inferManager: environment.inferManager })
    : undefined;
  const mapped = rpcService && withPaths(rpcService, serviceConf);
  return limitMethods(
    serviceConf,
    [mapped, webService].filter((one) => one !== undefined),
  );
}

/** @throws ServeError invalidConf when a method that is to be limited is not there. */
function limitMethods(conf: InferServiceConf, services: readonly RpcService[]): RpcService[] {
  const { maxConcurrency, methodMaxConcurrency: ofMethods = new Map<string, MaxConcurrency>() } = conf;
  const known = services.flatMap(({ methods }) => methods.map(({ name }) => name));
  for (const name of ofMethods.keys()) {
    if (known.includes(name)) continue;
    const message = `"${conf.name}" has no method "${name}"${nameHint(name, known)}`;
    throw new ServeError(Code.invalidConf, message, { details: { field: "method_max_concurrency" } });
  }
  if (maxConcurrency === undefined && ofMethods.size === 0) return [...services];
  return services.map((service) => ({
    ...service,
    methods: service.methods.map((method) => ({
      ...method,
      maxConcurrency: ofMethods.get(method.name) ?? maxConcurrency,
    })),
  }));
}

/** @throws ServeError invalidConf for a path to a method that the service does not have. */
function withPaths(service: RpcService, { restful }: InferServiceConf): RpcService {
  if (!restful) return service;
  const names = service.methods.map(({ name }) => name);
  restful.mappings.forEach(({ path, method }, index) => {
    if (names.includes(method)) return;
    const message = `maps ${path} to the method "${method}", which the service does not have${nameHint(method, names)}`;
    throw new ServeError(Code.invalidConf, message, {
      details: { field: "restful_mappings", index: String(index) },
    });
  });
  return { ...service, restful };
}

/** The Ops of the conf's workflows that run in worker threads, each once. */
export function opsOnPool({ workflows }: ServerConf, ops: OpRegistry): OpAddress[] {
  const types = new Set(workflows.flatMap(({ nodes }) => nodes.map(({ type }) => type)));
  return [...types].flatMap((type) => {
    const { runsOn, module } = ops.get(type);
    return runsOn === OpPlace.pool && module !== undefined ? [{ module, type }] : [];
  });
}

/** The service conf names is the one of that short name, unless conf gives its full name too. */
function loadProtoOf({ name, proto }: InferServiceConf): ProtoService | undefined {
  if (!proto) return undefined;
  try {
    return loadProtoService({ file: proto.file, service: proto.service ?? name });
  } catch (thrown) {
    throw ServeError.from(thrown).withDetails({ field: "proto_file" });
  }
}

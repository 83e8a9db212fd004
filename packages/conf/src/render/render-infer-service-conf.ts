import type { InferServiceConf, WorkflowMap } from "@paddlewheel/core";
import { defaultMerger } from "../resolve/resolve-services.js";
import type { ConfObject } from "../text/render-prototxt.js";
import type { Notation } from "../text/tree.js";
import { renderMessage } from "./render-message.js";

export interface RenderInferServiceOptions {
  readonly format: Notation;
  /** Port the file asks for; without, it leaves the port to the flag. */
  readonly port?: number | undefined;
}

/** The infer_service file of valid services, defaults left out; reading it gives the same services. */
export function renderInferServiceConf(
  services: readonly InferServiceConf[],
  { port, format }: RenderInferServiceOptions,
): string {
  return renderMessage("InferServiceConf", { port, services: services.map(serviceMessage) }, format);
}

function serviceMessage(service: InferServiceConf): ConfObject {
  const { workflowMap, merger, proto, restful } = service;
  return {
    name: service.name,
    merger: merger === defaultMerger ? undefined : merger,
    ...(workflowMap ? mapFields(workflowMap) : { workflows: service.workflows }),
    parallel: service.isParallel,
    web_service: service.webService,
    proto_file: proto?.file,
    proto_service: proto?.service,
    max_concurrency: service.maxConcurrency?.toString(),
    method_max_concurrency: [...(service.methodMaxConcurrency ?? [])].map(([method, limit]) => ({
      method,
      limit: limit.toString(),
    })),
    restful_mappings: restful?.mappings.map(({ path, method }) => `${path} => ${method}`),
    allow_default_url: restful?.allowDefaultUrl,
  };
}

function mapFields({ requestField, workflows }: WorkflowMap): ConfObject {
  return {
    enable_map_request_to_workflow: true,
    request_field_key: requestField,
    value_mapped_workflows: [...workflows].map(([value, names]) => ({
      request_field_value: value,
      workflow: names.join(", "),
    })),
  };
}

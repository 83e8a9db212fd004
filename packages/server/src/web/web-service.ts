import {
  type Call,
  Code,
  defineMethod,
  type InferManager,
  type InferService,
  type ModelVarConf,
  nearestNameHint,
  type RpcService,
  ServeError,
  type Workflow,
} from "@paddlewheel/core";
import type { GeneralRequest, GeneralResponse, GeneralTensor } from "@paddlewheel/wire";
import { toNestedList } from "./nested-list.js";
import { type Prediction, predictionCodec, resultCodec } from "./prediction.js";
import { stackInstances } from "./stack-instances.js";

export interface WebServiceOptions {
  /** First part of the path `POST /{name}/prediction`. */
  readonly name: string;
  readonly service: InferService;
  readonly workflows: readonly Workflow[];
  readonly inferManager: InferManager;
}

/**
 * Paddle Serving's web service: `{"feed":[{"x":[...]}],"fetch":["price"]}` → `{"result":{"price":[[...]]}}`, one feed entry
 * per instance. Several models answer as `{"result":{engine:{...}}}`.
 */
export function createWebService(options: WebServiceOptions): RpcService {
  const handle = async (prediction: Prediction, call: Call): Promise<object> => {
    const request = toRequest(prediction, feedVars(options), call);
    const response = (await options.service.inference(request, call)) as GeneralResponse;
    return { result: toResult(response) };
  };
  return {
    name: options.name,
    protocols: ["http"],
    methods: [
      defineMethod<Prediction, object>({
        name: "prediction",
        request: predictionCodec,
        response: resultCodec,
        refusal: (call) => options.service.refusal(call),
        handle,
        errorResponse: ({ code, message }) => ({ err_no: code, err_msg: message }),
      }),
    ],
  };
}

/** The feed variables of every model that a request of this service can reach, the first of each alias. */
function feedVars({ workflows, inferManager }: WebServiceOptions): ReadonlyMap<string, ModelVarConf> {
  const vars = new Map<string, ModelVarConf>();
  for (const node of workflows.flatMap(({ plan }) => plan.nodes)) {
    if (!inferManager.has(node.name)) continue;
    for (const feed of inferManager.engine(node.name).model.feedVars) {
      if (!vars.has(feed.aliasName)) vars.set(feed.aliasName, feed);
    }
  }
  return vars;
}

function toRequest(
  { feed, fetch }: Prediction,
  vars: ReadonlyMap<string, ModelVarConf>,
  call: Call,
): GeneralRequest {
  const names = Object.keys(feed[0] ?? {});
  if (names.length === 0) throw invalid("feed[0]: names no feed, at least one is needed");
  for (const [i, instance] of feed.entries()) {
    const missing = names.find((name) => !Object.hasOwn(instance, name));
    if (missing !== undefined) throw invalid(`feed[${i}]: has no "${missing}", which feed[0] has`);
    if (Object.keys(instance).length !== names.length)
      throw invalid(`feed[${i}]: has other names than feed[0]`);
  }
  const tensors = names.map((name): GeneralTensor => {
    const feedVar = vars.get(name);
    if (!feedVar) throw invalid(`feed[0].${name}: no feed of that name${nearestNameHint(name, vars.keys())}`);
    const tensor = stackInstances(
      feedVar,
      feed.map((instance) => instance[name]),
    );
    return { ...tensor, name: feedVar.name, aliasName: feedVar.aliasName };
  });
  return { tensors, fetchVarNames: fetch, profileServer: false, logId: call.logId };
}

/** `.lod` beside a variable holds its offsets, as the Python client names it. */
function toResult({ outputs }: GeneralResponse): object {
  const byEngine = outputs.map(({ engineName, tensors }) => [engineName, toLists(tensors)] as const);
  return byEngine.length === 1 ? (byEngine[0]?.[1] ?? {}) : Object.fromEntries(byEngine);
}

function toLists(tensors: readonly GeneralTensor[]): Record<string, unknown> {
  const entries = tensors.flatMap((tensor): [string, unknown][] => {
    const lod = tensor.lod?.[0];
    const own: [string, unknown] = [tensor.aliasName, toNestedList(tensor)];
    return lod ? [own, [`${tensor.aliasName}.lod`, lod]] : [own];
  });
  return Object.fromEntries(entries);
}

function invalid(message: string): ServeError {
  return new ServeError(Code.invalidArgument, message);
}

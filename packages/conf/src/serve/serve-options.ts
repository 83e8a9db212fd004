/**
 * What `serve` is told by its flags; a flag that is left out has Paddle Serving's default.
 * Source: python/paddle_serving_server/serve.py.
 */
export interface ServeOptions {
  /** Model folders, in the order of the nodes that run them. */
  readonly models: readonly string[];
  /** Op types between reader and response, `Type` or `Type:0` for one without a model; one GeneralInferOp per model by default. */
  readonly ops?: readonly string[];
  /** Default 9393. */
  readonly port?: number;
  /** Folder the files are for, without the port that is put after it; default `workdir`. */
  readonly workdir?: string;
  /** Per model, used in turn; default 0. */
  readonly runtimeThreadNum?: readonly number[];
  /** Per model, used in turn; default 32. */
  readonly batchInferSize?: readonly number[];
  /** Cards per model with commas between them, `-1` for the CPU; default none. */
  readonly gpuIds?: readonly string[];
  /** Per model; default none. */
  readonly minSubgraphSize?: readonly number[];
  /** Threads of one run; default 1. */
  readonly cpuMathThreadNum?: number;
  readonly memOptimOff?: boolean;
  readonly irOptim?: boolean;
  readonly useTrt?: boolean;
  readonly useLite?: boolean;
  readonly useXpu?: boolean;
  readonly useAscendCl?: boolean;
  readonly gpuMultiStream?: boolean;
  readonly useEncryptionModel?: boolean;
  /** Not a flag of Paddle Serving: file with the key of encrypted models. */
  readonly keyFile?: string;
  readonly productName?: string;
  readonly containerId?: string;
  /** Set for one server of a distributed model. */
  readonly dist?: DistModelOptions;
  /** Makes a server that only passes requests on to these, `host:port` each. */
  readonly distWorkerServingEndpoints?: readonly string[];
  /** Not a flag of Paddle Serving: name under which `POST /{name}/prediction` reaches the model; default none. */
  readonly name?: string;
}

export interface DistModelOptions {
  readonly carrierId: string;
  readonly cfgFile: string;
  readonly nranks: number;
  readonly endpoints: readonly string[];
  readonly subgraphIndex: number;
}

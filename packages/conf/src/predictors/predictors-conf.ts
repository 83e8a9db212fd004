/** What a client calls, defaults filled in; paths are absolute. Source: message SDKConf. */
export interface PredictorsConf {
  readonly predictors: readonly PredictorConf[];
}

/** One logical service, and the groups of servers that give it. */
export interface PredictorConf {
  readonly name: string;
  /** Full protobuf name, `package.Service`. */
  readonly service: string;
  /** Where the service is declared; undefined for GeneralModelService. */
  readonly protoFile: string | undefined;
  /** At least one, each with a tag of its own. */
  readonly variants: readonly PredictorVariantConf[];
  /** Shares of the calls, one for each variant; their sum is above 0. */
  readonly weights: readonly number[];
  /** Calls in flight. */
  readonly maxInFlight: number;
  /** Path of the request field whose value decides on the variant; undefined: the dice do. */
  readonly stickyKey: string | undefined;
  /** Undefined: calls are not copied. */
  readonly shadow: ShadowConf | undefined;
  /** Undefined: no variant is on trial. */
  readonly canary: CanaryConf | undefined;
}

/** A variant on trial: a few calls go to it, and none when it fails too many of them. */
export interface CanaryConf {
  /** Tag of the variant, whose weight is 0. */
  readonly variant: string;
  /** Of all calls, above 0 and below 1. */
  readonly share: number;
  /** Calls that ended within this time count. */
  readonly windowMs: number;
  /** Fewer calls to it in the window decide nothing. */
  readonly minCalls: number;
  /** It may fail this share of its calls beyond that which the other variants fail: 0 to 1. */
  readonly maxErrorShare: number;
  /** Time until it is tried again; 0 for never. */
  readonly coolDownMs: number;
  /** Answers that take longer count as failures, of all variants; 0 for none. */
  readonly slowMs: number;
}

/** Copies of calls, whose answers nobody gets but who compares them. */
export interface ShadowConf {
  /** Tag of the variant that gets them. */
  readonly variant: string;
  /** Of the calls to other variants, above 0 to 1. */
  readonly share: number;
  /** Copies under way. */
  readonly maxInFlight: number;
  /** Of a request, and of an answer. */
  readonly maxBytes: number;
  /** 0 to 1: by how much numbers may differ, or by which share of the larger one. */
  readonly tolerance: number;
  /** Different answers that are kept with their requests. */
  readonly maxExamples: number;
}

/** Servers that are alike. */
export interface PredictorVariantConf {
  readonly tag: string;
  readonly connection: ConnectionConf;
  readonly naming: NamingConf;
  readonly rpc: RpcParameterConf;
  /** Undefined: the servers are not split. */
  readonly split: SplitConf | undefined;
  /** Undefined for plain connections. */
  readonly tls: ClientTlsConf | undefined;
  readonly tokenFile: string | undefined;
}

export interface ConnectionConf {
  readonly connectTimeoutMs: number;
  /** Of a whole call, with all its attempts. */
  readonly rpcTimeoutMs: number;
  readonly connectRetryCount: number;
  readonly maxConnectionPerHost: number;
  /** Of those the protocol has; "pooled" for gRPC is "single", as in brpc. */
  readonly connectionType: "single" | "pooled" | "short";
  /** Undefined: calls are not hedged. */
  readonly hedgeAfter: number | "p95" | undefined;
  /** 0 to 1. */
  readonly retryBudgetShare: number;
  /** 0 to 1. */
  readonly hedgeBudgetShare: number;
}

export interface NamingConf {
  readonly cluster: string;
  readonly loadBalanceStrategy: string;
  readonly clusterFilterStrategy: string;
}

export interface RpcParameterConf {
  readonly protocol: "baidu_std" | "http" | "http:proto" | "h2:grpc" | "grpc";
  /** 0 none, 1 snappy, 2 gzip, 3 zlib. */
  readonly compressType: 0 | 1 | 2 | 3;
  /** Items of a request that may go in one part. */
  readonly packageSize: number;
  /** Parts that a request may go in. */
  readonly maxChannelPerRequest: number;
  /** Whether GeneralModelService's requests are split, by the rows of their tensors. */
  readonly packRows: boolean;
}

/** The servers of a variant by a pair of their tags. */
export interface SplitConf {
  readonly tagName: string;
  /** At least one. */
  readonly candidates: readonly string[];
}

export interface ClientTlsConf {
  readonly caFile: string | undefined;
  /** With `keyFile`, or neither. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly serverName: string | undefined;
  readonly insecure: boolean;
}

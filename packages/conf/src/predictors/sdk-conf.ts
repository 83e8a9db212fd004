/** predictors.prototxt as an object: the fields of message SDKConf by their names there. */
export interface SdkConf {
  readonly default_variant_conf?: SdkVariantConf;
  readonly predictors: readonly SdkPredictor[];
}

export interface SdkPredictor {
  readonly name?: string;
  readonly service_name?: string;
  readonly endpoint_router?: string;
  readonly weighted_random_render_conf?: { readonly variant_weight_list?: string };
  readonly variants: readonly SdkVariantConf[];
  readonly proto_file?: string;
  readonly max_in_flight?: number;
  readonly sticky_key?: string;
  readonly shadow?: SdkShadowConf;
  readonly canary?: SdkCanaryConf;
}

export interface SdkCanaryConf {
  readonly variant: string;
  readonly percent?: number;
  readonly window_ms?: number;
  readonly min_calls?: number;
  readonly max_error_percent?: number;
  readonly cool_down_ms?: number;
  readonly slow_ms?: number;
}

export interface SdkShadowConf {
  readonly variant: string;
  readonly percent?: number;
  readonly max_in_flight?: number;
  readonly max_bytes?: number;
  readonly tolerance?: number;
  readonly max_examples?: number;
}

export interface SdkVariantConf {
  readonly tag: string;
  readonly connection_conf?: SdkConnectionConf;
  readonly naming_conf?: {
    readonly cluster?: string;
    readonly load_balance_strategy?: string;
    readonly cluster_filter_strategy?: string;
  };
  readonly rpc_parameter?: {
    readonly compress_type?: number;
    readonly package_size?: number;
    readonly protocol?: string;
    readonly max_channel_per_request?: number;
    readonly pack_rows?: boolean;
  };
  readonly split_conf?: { readonly split_tag_name?: string; readonly tag_candidates?: string };
  readonly variant_router?: string;
  readonly tls?: {
    readonly ca_file?: string;
    readonly cert_file?: string;
    readonly key_file?: string;
    readonly server_name?: string;
    readonly insecure?: boolean;
  };
  readonly token_file?: string;
}

export interface SdkConnectionConf {
  readonly connect_timeout_ms?: number;
  readonly rpc_timeout_ms?: number;
  readonly connect_retry_count?: number;
  readonly max_connection_per_host?: number;
  readonly hedge_request_timeout_ms?: number;
  readonly hedge_fetch_retry_count?: number;
  readonly connection_type?: string;
  readonly retry_budget_percent?: number;
  readonly hedge_budget_percent?: number;
  readonly hedge_after_p95?: boolean;
}

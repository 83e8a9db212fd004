/** How a `Client` calls endpoints of HTTP. */
export interface HttpOptions {
  /** Where requests go. Default `/GeneralModelService/inference`, of a `service` of one's own `/{service}/inference`. */
  readonly servicePath?: string;
  /** Bytes or text; default `proto`, which is some ten times as fast for large tensors. */
  readonly format?: "proto" | "json";
  /** Sent with each request beside the client's own headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Packs requests from 512 bytes on with gzip; default as the client's `compressType` says. */
  readonly compressRequest?: boolean;
  /** Asks for packed answers; default when requests may be packed. */
  readonly compressResponse?: boolean;
}

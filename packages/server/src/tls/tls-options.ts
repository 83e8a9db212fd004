/** How a server speaks TLS. All files are PEM, and read again when they change. */
export interface TlsOptions {
  /** The server's certificate, followed by those between it and the root. */
  readonly certFile: string;
  /** The key of the certificate, not encrypted. */
  readonly keyFile: string;
  /** The authorities whose certificates clients may show; without it clients are not asked for one. */
  readonly caFile?: string;
  /**
   * Whether a client must show a certificate, or may: one that it shows has to be good in either case. Default "require"; it
   * means nothing without `caFile`.
   */
  readonly clientAuth?: "require" | "request";
  /** Default "1.2": gRPC and every browser of the last decade speak it. */
  readonly minVersion?: "1.2" | "1.3";
  /** Takes plain connections on the same port too. Default false: they are refused. */
  readonly isOptional?: boolean;
}

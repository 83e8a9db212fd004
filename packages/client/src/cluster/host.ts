/** One server of a cluster, as naming tells it. */
export interface Host {
  /** `host:port`; an IPv6 address stands in brackets. */
  readonly address: string;
  /** What stands behind the address in a list: a weight for `wrr` and `wr`, or `key:value,key:value`; else empty. */
  readonly tag: string;
}

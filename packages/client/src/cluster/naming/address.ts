const maxHostLength = 253;

/** Where a server listens, as its parts. */
export interface Address {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `host:port`, `1.2.3.4:port` or `[::1]:port`; undefined for all else. Without a `defaultPort` the port must be there. */
export function parseAddress(text: string, defaultPort?: number): Address | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9_.-]+))(?::([0-9]{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (host === undefined || port === undefined) return undefined;
  return host.length <= maxHostLength && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** `host:port`, with an IPv6 address in brackets. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

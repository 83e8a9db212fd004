import { Code, quoteValue, ServeError } from "@paddlewheel/core";

export interface Endpoint {
  /** Name or address, of IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
}

const endpointText = /^(?:\[([\da-f:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/i;

/**
 * The parts of `host:port`.
 * @throws ServeError invalidArgument
 */
export function parseEndpoint(text: string): Endpoint {
  const [, address, name, digits] = endpointText.exec(text) ?? [];
  const host = address ?? name;
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new ServeError(Code.invalidArgument, `endpoint ${quoteValue(text)}: must be host:port`);
}

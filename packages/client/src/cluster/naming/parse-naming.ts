import { invalidConf, nearestNameHint, quoteValue, type ServeError } from "@paddlewheel/core";
import type { Host } from "../host.js";
import { type Address, formatAddress, parseAddress } from "./address.js";
import { type ParsedServers, parseServerList, type ServerListLimits } from "./parse-servers.js";

/** Where the servers of a cluster are told. */
export type Naming =
  | { readonly kind: "fixed"; readonly hosts: readonly Host[] }
  | { readonly kind: "file"; readonly path: string }
  | ({ readonly kind: "dns" } & Address);

const schemes = ["list", "file", "http", "https"] as const;
type Scheme = (typeof schemes)[number];

/**
 * A naming URL of brpc, or a plain `host:port`.
 * @throws ServeError invalidConf, with one line for each fault.
 */
export function parseNaming(text: string, limits: ServerListLimits): Naming {
  const separator = text.indexOf("://");
  if (separator < 0) return { kind: "fixed", hosts: [parsePlain(text)] };
  const scheme = schemes.find((name) => name === text.slice(0, separator));
  if (!scheme) throw unknownScheme(text.slice(0, separator));
  return parseLocation(scheme, text.slice(separator + "://".length), limits);
}

function parsePlain(text: string): Host {
  const address = parseAddress(text);
  if (address) return { address: formatAddress(address), tag: "" };
  throw invalidNaming(quoteValue(text), "is neither host:port nor a naming URL");
}

function parseLocation(scheme: Scheme, location: string, limits: ServerListLimits): Naming {
  switch (scheme) {
    case "list":
      return fixed(parseServerList(location, limits));
    case "file":
      if (location === "") throw invalidNaming("file://", "names no file");
      return { kind: "file", path: location };
    case "http":
      return parseDns(scheme, location, 80);
    case "https":
      return parseDns(scheme, location, 443);
  }
}

function parseDns(scheme: Scheme, location: string, defaultPort: number): Naming {
  const address = parseAddress(location.replace(/\/$/, ""), defaultPort);
  if (address) return { kind: "dns", ...address };
  throw invalidNaming(quoteValue(`${scheme}://${location}`), "names no host: expected host or host:port");
}

function fixed({ hosts, faults }: ParsedServers): Naming {
  if (faults.length > 0) throw invalidConf(faults);
  return { kind: "fixed", hosts };
}

function unknownScheme(scheme: string): ServeError {
  const hint = nearestNameHint(scheme, schemes) || ";";
  const known = "there are list://, file://, http://, https:// and a plain host:port";
  return invalidNaming(quoteValue(`${scheme}://`), `is no naming service${hint} ${known}`);
}

function invalidNaming(what: string, message: string): ServeError {
  return invalidConf([{ path: [], message: `${what} ${message}` }]);
}

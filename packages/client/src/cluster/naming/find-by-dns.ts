import { lookup } from "node:dns/promises";
import { Code, ServeError } from "@paddlewheel/core";
import type { Host } from "../host.js";
import { type Address, formatAddress } from "./address.js";

/** All IP addresses of a name, IPv4 and IPv6. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** Asks the system, so that its hosts file and search domains count as for any other program. */
export const resolveBySystem: ResolveName = async (name) => {
  const found = await lookup(name, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
};

/**
 * Finds the servers that stand behind a name; gives undefined as long as they are those of the last time. Sorted,
 * because resolvers change the order from answer to answer.
 */
export function findByDns(
  { host, port }: Address,
  resolve: ResolveName,
  maxHosts: number,
): () => Promise<readonly Host[] | undefined> {
  let known = "";
  return async () => {
    const addresses = [...new Set(await resolveHost(host, resolve))].sort((a, b) => (a < b ? -1 : 1));
    if (addresses.length === 0) throw unresolved(host, "the name has no address");
    if (addresses.length > maxHosts) {
      throw unresolved(host, `${addresses.length} servers, at most ${maxHosts} are allowed`);
    }
    const found = addresses.join();
    if (found === known) return undefined;
    known = found;
    return addresses.map((address) => ({ address: formatAddress({ host: address, port }), tag: "" }));
  };
}

async function resolveHost(host: string, resolve: ResolveName): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch (cause) {
    throw unresolved(host, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unresolved(host: string, reason: string, cause?: unknown): ServeError {
  return new ServeError(Code.unavailable, `cannot resolve ${host}: ${reason}`, { cause });
}

import { isIPv6 } from "node:net";

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** 0 is no limit. */
  readonly maxConnectionsPerIp: number;
}

/** The limit that has no room for one more connection. */
export type ConnectionRefusal = "max_connections" | "max_connections_per_ip";

/** Counts open connections, all of them and those from each place, and tells when there is no room for one more. */
export class ConnectionCount {
  readonly #limits: ConnectionLimits;
  readonly #byPlace = new Map<string, number>();
  #total = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Takes one in from an address; gives the limit that refuses it, and counts nothing then. */
  open(address: string): ConnectionRefusal | undefined {
    const { maxConnections, maxConnectionsPerIp } = this.#limits;
    if (this.#total >= maxConnections) return "max_connections";
    const place = placeOf(address);
    const count = this.#byPlace.get(place) ?? 0;
    if (maxConnectionsPerIp > 0 && count >= maxConnectionsPerIp && !isHere(place)) {
      return "max_connections_per_ip";
    }
    this.#byPlace.set(place, count + 1);
    this.#total++;
    return undefined;
  }

  /** One that `open` took in has ended. */
  close(address: string): void {
    const place = placeOf(address);
    const count = this.#byPlace.get(place) ?? 0;
    if (count > 1) this.#byPlace.set(place, count - 1);
    else this.#byPlace.delete(place);
    this.#total--;
  }
}

/** Who has an IPv6 address has a whole /64 of them, by which it is counted; who has an IPv4 one has that. */
export function placeOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? [];
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array<string>(gap).fill("0"), ...back].slice(0, 4).join(":");
}

/** On this machine; `::1` is alone in its /64. */
function isHere(place: string): boolean {
  return place.startsWith("127.") || place === "0:0:0:0";
}

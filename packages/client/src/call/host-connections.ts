import type { Host } from "../cluster/host.js";
import { closedTransport } from "../transport/attempt-failure.js";
import type { HostTransport } from "../transport/host-transport.js";

/** A transport with what is under way on it. */
export interface HostConnection {
  readonly transport: HostTransport;
  attemptCount: number;
  /** Its host has left the cluster: it is closed after its last attempt. */
  isRetired: boolean;
}

/** The transports to the hosts of a cluster, made when they are needed. */
export class HostConnections {
  readonly #connect: (address: string) => HostTransport;
  readonly #byAddress = new Map<string, HostConnection>();
  readonly #retired = new Set<HostConnection>();
  #isClosed = false;

  constructor(connect: (address: string) => HostTransport) {
    this.#connect = connect;
  }

  /**
   * For one attempt, which is over when it is released.
   * @throws ServeError invalidArgument for an address that is none, cancelled after the close.
   */
  take(address: string): HostConnection {
    if (this.#isClosed) throw closedTransport();
    let connection = this.#byAddress.get(address);
    if (!connection) {
      connection = { transport: this.#connect(address), attemptCount: 0, isRetired: false };
      this.#byAddress.set(address, connection);
    }
    connection.attemptCount++;
    return connection;
  }

  release(connection: HostConnection): void {
    connection.attemptCount--;
    if (connection.isRetired) this.#closeIdle(connection);
  }

  /** Lets go of the hosts that are not among these. */
  keepOnly(hosts: readonly Host[]): void {
    const kept = new Set(hosts.map(({ address }) => address));
    for (const [address, connection] of this.#byAddress) {
      if (kept.has(address)) continue;
      this.#byAddress.delete(address);
      this.#retired.add(connection);
      connection.isRetired = true;
      this.#closeIdle(connection);
    }
  }

  close(): void {
    this.#isClosed = true;
    const all = [...this.#byAddress.values(), ...this.#retired];
    this.#byAddress.clear();
    this.#retired.clear();
    for (const { transport } of all) transport.close();
  }

  #closeIdle(connection: HostConnection): void {
    if (connection.attemptCount === 0 && this.#retired.delete(connection)) connection.transport.close();
  }
}

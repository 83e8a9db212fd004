import type { Turn } from "../balance/balancer.js";
import type { HostLease, HostOutcome } from "./cluster.js";
import type { Host } from "./host.js";
import type { Member } from "./member.js";

/** Who is told of the end of a lease. */
export interface LeaseOwner {
  onLeaseEnd(lease: Lease, outcome: HostOutcome): void;
}

/** The one object that a pick makes. */
export class Lease implements HostLease, Turn<Member> {
  readonly server: Member;
  readonly startedAt: number;
  #owner: LeaseOwner | undefined;

  constructor(server: Member, startedAt: number, owner: LeaseOwner) {
    this.server = server;
    this.startedAt = startedAt;
    this.#owner = owner;
  }

  get host(): Host {
    return this.server.host;
  }

  /** A second call does nothing: the books of the server must not go below what is true. */
  end(outcome: HostOutcome): void {
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.onLeaseEnd(this, outcome);
  }
}

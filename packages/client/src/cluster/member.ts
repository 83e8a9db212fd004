import type { Server } from "../balance/balancer.js";
import { type Condition, HostHealth } from "./health/host-health.js";
import type { Host } from "./host.js";
import { hasTags, weightOf } from "./tags.js";

/** A server of a cluster, as long as naming tells it with the same tag. */
export class Member implements Server {
  readonly host: Host;
  readonly address: string;
  readonly weight: number;
  readonly health: HostHealth;
  /** Attempts under way. */
  inFlight = 0;

  constructor(host: Host, weight: number, health: HostHealth) {
    this.host = host;
    this.address = host.address;
    this.weight = weight;
    this.health = health;
  }

  get isAvailable(): boolean {
    return this.health.isUp;
  }
}

/** One server as it is at a moment. */
export interface HostState {
  readonly address: string;
  readonly tag: string;
  readonly condition: Condition;
  /** Why it is left out; empty while it is up. */
  readonly reason: string;
  /** Attempts under way. */
  readonly inFlight: number;
  readonly consecutiveFailures: number;
  /** Calls in the window of ejection, and how many of them failed. */
  readonly recentCalls: number;
  readonly recentFailures: number;
  /** Ejections since it was last without one for long. */
  readonly ejections: number;
}

export function stateOf({ host, health, inFlight }: Member, now: number): HostState {
  const { condition, reason, consecutiveFailures, ejections, window } = health;
  window.forgetOld(now);
  return {
    address: host.address,
    tag: host.tag,
    condition,
    reason,
    inFlight,
    consecutiveFailures,
    recentCalls: window.calls,
    recentFailures: window.failures,
    ejections,
  };
}

/** What makes a host a member. */
export interface MembershipRule {
  readonly requiredTags: readonly string[];
  /** Whether a host without a weight is left out. */
  readonly needsWeight: boolean;
  /** Window of the health of new members, in milliseconds. */
  readonly windowMs: number;
}

export interface MembershipPlan {
  readonly members: readonly Member[];
  readonly gone: readonly Member[];
  /** Hosts left out because they have no weight. */
  readonly weightless: readonly Host[];
}

/**
 * The members after naming told hosts. A member with the same address and tag stays; one whose tag has changed is new
 * to its balancer and keeps its health. Of several hosts with one address the first counts.
 */
export function planMembers(
  hosts: readonly Host[],
  before: readonly Member[],
  rule: MembershipRule,
): MembershipPlan {
  const known = new Map(before.map((member) => [member.address, member]));
  const members = new Map<string, Member>();
  const weightless: Host[] = [];
  for (const host of hosts) {
    if (members.has(host.address) || !hasTags(host.tag, rule.requiredTags)) continue;
    const weight = weightOf(host.tag);
    if (weight === undefined && rule.needsWeight) weightless.push(host);
    else members.set(host.address, memberOf(host, weight ?? 1, known.get(host.address), rule));
  }
  const gone = before.filter(({ address }) => !members.has(address));
  return { members: [...members.values()], gone, weightless };
}

function memberOf(host: Host, weight: number, known: Member | undefined, rule: MembershipRule): Member {
  if (known?.host.tag === host.tag) return known;
  return new Member(host, weight, known?.health ?? new HostHealth(rule.windowMs));
}

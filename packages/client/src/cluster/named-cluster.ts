import { Code, type Counter, quoteNames, quoteValue, ServeError } from "@paddlewheel/core";
import type { Balancer } from "../balance/balancer.js";
import { createBalancer } from "../balance/create-balancer.js";
import { needsWeight } from "../balance/parse-load-balancer.js";
import { RecoverPolicy } from "../balance/recover-policy.js";
import type { Cluster, HostLease, HostOutcome, PickOptions } from "./cluster.js";
import type { ClusterConf } from "./cluster-options.js";
import { defaultEjectionPolicy } from "./health/ejection.js";
import { HealthMonitor } from "./health/health-monitor.js";
import { Condition } from "./health/host-health.js";
import type { Host } from "./host.js";
import { Lease, type LeaseOwner } from "./lease.js";
import { type HostState, type Member, planMembers, stateOf } from "./member.js";
import { createNaming } from "./naming/create-naming.js";
import type { NamingSource } from "./naming/naming-source.js";
import { Readiness } from "./readiness.js";

/** A Cluster that tells what it knows of its servers. */
export interface ObservableCluster extends Cluster {
  /** All servers as they are now, in the order of naming. */
  states(): readonly HostState[];
}

const anyPick: PickOptions = {};

const conditions = [Condition.up, Condition.unreachable, Condition.leaving, Condition.ejected];

/** Brings naming, balancing and health together; decides nothing itself. */
export class NamedCluster implements ObservableCluster, LeaseOwner {
  readonly #conf: ClusterConf;
  readonly #balancer: Balancer<Member>;
  readonly #monitor: HealthMonitor;
  readonly #recover: RecoverPolicy | undefined;
  readonly #wentOut: ReadonlyMap<Condition, Counter>;
  readonly #readiness = new Readiness();
  readonly #listeners = new Set<(hosts: readonly Host[]) => void>();
  #naming: NamingSource | undefined;
  #members: readonly Member[] = [];
  #hosts: readonly Host[] = [];
  #isClosed = false;

  constructor(conf: ClusterConf) {
    const { random, loadBalancer } = conf;
    const sources = { random };
    this.#conf = conf;
    this.#balancer = createBalancer(loadBalancer, sources);
    this.#recover = loadBalancer.recover && new RecoverPolicy(loadBalancer.recover, sources);
    this.#monitor = new HealthMonitor({
      ...conf,
      hostCount: () => this.#members.length,
      onChange: (condition) => this.#onHealthChange(condition),
    });
    this.#wentOut = outCounters(conf);
  }

  start(): this {
    this.#observeConditions();
    this.#naming = createNaming(this.#conf.naming, this.#conf, {
      onHosts: (hosts) => this.#update(hosts),
      onFailure: (error) => this.#onNamingFailure(error),
    });
    return this;
  }

  get isDown(): boolean {
    return this.#workingCount() === 0 && this.#members.length > 0;
  }

  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  pick(options: PickOptions = anyPick): HostLease {
    if (this.#monitor.outCount >= this.#members.length) throw this.#nobodyThere();
    const now = this.#conf.clock.now();
    if (this.#recover && !this.#recover.admits(now)) throw this.#recovering();
    const { trials } = this.#monitor;
    const hasTrials = trials.size > 0;
    const wanted = hasTrials ? { ...options, tried: trials.avoided(options.tried) } : options;
    const member = this.#balancer.pick(wanted, now);
    if (!member) throw this.#nobodyThere();
    if (hasTrials) trials.onPick(member.address);
    member.inFlight++;
    return new Lease(member, now, this);
  }

  onLeaseEnd(lease: Lease, outcome: HostOutcome): void {
    const { server } = lease;
    const now = this.#conf.clock.now();
    server.inFlight--;
    if (this.#monitor.trials.size > 0) this.#monitor.trials.onLeaseEnd(server.address);
    this.#balancer.release(lease, outcome, now);
    this.#monitor.observe(server, outcome, now);
  }

  states(): readonly HostState[] {
    const now = this.#conf.clock.now();
    return this.#members.map((member) => stateOf(member, now));
  }

  ready(): Promise<void> {
    return this.#readiness.wait();
  }

  onHosts(listener: (hosts: readonly Host[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#naming?.close();
    for (const member of this.#members) this.#monitor.forget(member);
    this.#members = [];
    this.#balancer.update([]);
    this.#listeners.clear();
    this.#readiness.onFailure(this.#closed());
  }

  #update(hosts: readonly Host[]): void {
    const { requiredTags, loadBalancer, ejection } = this.#conf;
    const { members, gone, weightless } = planMembers(hosts, this.#members, {
      requiredTags,
      needsWeight: needsWeight(loadBalancer.name),
      windowMs: ejection?.windowMs ?? defaultEjectionPolicy.windowMs,
    });
    for (const member of gone) this.#monitor.forget(member);
    this.#members = members;
    this.#hosts = members.map(({ host }) => host);
    this.#balancer.update(members);
    this.#recover?.onWorking(this.#workingCount(), this.#conf.clock.now());
    this.#logUpdate(hosts, weightless);
    this.#readiness.onReady();
    for (const listener of this.#listeners) this.#tell(listener);
  }

  /** A listener that throws must end neither naming nor the process. */
  #tell(listener: (hosts: readonly Host[]) => void): void {
    try {
      listener(this.#hosts);
    } catch (error) {
      this.#conf.logger.error({ error }, "a listener of the cluster's hosts threw");
    }
  }

  #logUpdate(named: readonly Host[], weightless: readonly Host[]): void {
    const { logger } = this.#conf;
    logger.info({ named: named.length, hosts: this.#hosts.length }, "servers named");
    if (weightless.length === 0) return;
    const addresses = quoteNames(weightless.map(({ address }) => address));
    logger.warn({ addresses }, "servers left out: their tag states no weight from 1 to 2147483647");
  }

  #onNamingFailure(error: ServeError): void {
    this.#conf.logger.warn({ error }, "servers not found, those of before stay");
    this.#readiness.onFailure(error);
  }

  #onHealthChange(condition: Condition): void {
    this.#wentOut.get(condition)?.increment();
    if (isGone(condition) && this.#workingCount() === 0) this.#bringBack();
    this.#recover?.onWorking(this.#workingCount(), this.#conf.clock.now());
  }

  /** Nobody is left: who answers badly is better than none, and who was down may be up by now. */
  #bringBack(): void {
    for (const member of this.#members) this.#monitor.pardon(member);
    if (this.isDown) for (const member of this.#members) this.#monitor.probeSoon(member);
  }

  #workingCount(): number {
    return this.#members.length - this.#monitor.outCount;
  }

  #observeConditions(): void {
    const { metrics, name } = this.#conf;
    const help = "Servers of a cluster by what is known of their health.";
    for (const condition of conditions) {
      const options = { name: "paddlewheel_client_hosts", help, labels: { cluster: name, condition } };
      metrics.observedGauge(options, () => this.#countOf(condition));
    }
  }

  #countOf(condition: Condition): number {
    return this.#members.filter(({ health }) => health.condition === condition).length;
  }

  #nobodyThere(): ServeError {
    if (this.#isClosed) return this.#closed();
    const { name } = this.#conf;
    const [first] = this.#members;
    if (!first) return new ServeError(Code.unavailable, `cluster ${quoteValue(name)} has no server`);
    const what = `no server of cluster ${quoteValue(name)} is well`;
    return new ServeError(
      Code.unavailable,
      `${what}: ${first.address} is ${first.health.condition}, ${first.health.reason}`,
    );
  }

  #recovering(): ServeError {
    const { name, loadBalancer } = this.#conf;
    const few = `${this.#workingCount()} of ${loadBalancer.recover?.minWorkingInstances} working servers`;
    return new ServeError(
      Code.unavailable,
      `cluster ${quoteValue(name)} recovers with ${few}, this call was not let in`,
    );
  }

  #closed(): ServeError {
    return new ServeError(Code.cancelled, `cluster ${quoteValue(this.#conf.name)} is closed`);
  }
}

function isGone(condition: Condition): boolean {
  return condition === Condition.unreachable || condition === Condition.leaving;
}

function outCounters({ metrics, name }: ClusterConf): ReadonlyMap<Condition, Counter> {
  const help = "Servers that were left out of a cluster, by why.";
  return new Map(
    conditions
      .filter((condition) => condition !== Condition.up)
      .map((condition) => {
        const labels = { cluster: name, condition };
        return [condition, metrics.counter({ name: "paddlewheel_client_hosts_out_total", help, labels })];
      }),
  );
}

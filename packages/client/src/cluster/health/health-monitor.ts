import type { Clock, Logger } from "@paddlewheel/core";
import type { HostOutcome } from "../cluster.js";
import { type EjectionPolicy, ejectionMs, mayLeaveOut, planEjection } from "./ejection.js";
import { Condition, type HostHealth } from "./host-health.js";
import { planProbeWait } from "./plan-probe-wait.js";
import type { Probe } from "./probe.js";
import { Trials } from "./trials.js";
import { Verdict, verdictOf } from "./verdict.js";

/** Connect timeouts in a row that make a server unreachable. Source: brpc's connect_timeout_as_unreachable. */
const connectTimeoutsAsUnreachable = 3;

/** Part of a wait by which it is longer or shorter at random, so that clients and servers do not come in step. */
const jitterShare = 0.2;

/** Probes of one cluster at once; a server whose turn comes meanwhile waits for its next. */
const maxProbesAtOnce = 64;

/** A server with its health. */
export interface Patient {
  readonly address: string;
  readonly health: HostHealth;
}

export interface HealthMonitorOptions {
  /** Undefined: servers are never ejected. */
  readonly ejection: EjectionPolicy | undefined;
  readonly probe: Probe;
  /** Longest wait before a probe, in milliseconds. */
  readonly probeIntervalMs: number;
  /** Time a probe may take, in milliseconds. */
  readonly probeTimeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** All servers of the cluster. */
  readonly hostCount: () => number;
  /** Told after a server went out or came back. */
  readonly onChange: (condition: Condition) => void;
}

/** Takes servers out that are not well, and back when they are. */
export class HealthMonitor {
  readonly #options: HealthMonitorOptions;
  /** Their first call that fails sends servers away again. */
  readonly trials: Trials = new Trials();
  #out = 0;
  #probesAtOnce = 0;

  constructor(options: HealthMonitorOptions) {
    this.#options = options;
  }

  /** Servers that are left out now. */
  get outCount(): number {
    return this.#out;
  }

  /** An attempt at a server is over. Those that began before it went out or came back say nothing of it as it is now. */
  observe(patient: Patient, outcome: HostOutcome, now: number): void {
    const { isUp, upSince } = patient.health;
    if (!isUp || now - outcome.latencyMs < upSince) return;
    const verdict = verdictOf(outcome);
    const reason = outcome.error?.message ?? "";
    if (verdict === Verdict.well) this.#onWell(patient, now);
    else if (verdict === Verdict.failed) this.#onFailed(patient, now);
    else if (verdict === Verdict.lost) this.#onLost(patient, outcome, now);
    else if (verdict === Verdict.outrun) this.#onOutrun(patient);
    else if (verdict === Verdict.connectTimeout) this.#onConnectTimeout(patient, now);
    else if (verdict === Verdict.unreachable) this.#takeOut(patient, Condition.unreachable, reason);
    else if (verdict === Verdict.leaving) this.#takeOut(patient, Condition.leaving, reason);
  }

  /** A server is no longer of the cluster. */
  forget({ address, health }: Patient): void {
    this.trials.end(address);
    if (!health.isUp) this.#out--;
    health.condition = Condition.gone;
    health.timer?.cancel();
    const { probing } = health;
    if (!probing) return;
    this.#endProbe(health);
    probing.abort();
  }

  /** Probes a server that is out without waiting longer, if it was not found so just now. */
  probeSoon(patient: Patient): void {
    const { condition, foundOutAt, probing } = patient.health;
    const { clock, probeIntervalMs } = this.#options;
    const isProbed = condition === Condition.unreachable || condition === Condition.leaving;
    if (!isProbed || probing || clock.now() - foundOutAt < planProbeWait(0, probeIntervalMs)) return;
    patient.health.timer?.cancel();
    this.#probeIfAllowed(patient);
  }

  /** Ends an ejection before its time; does nothing to a server that is out for another reason. */
  pardon(patient: Patient): void {
    if (patient.health.condition !== Condition.ejected) return;
    patient.health.timer?.cancel();
    this.#takeBack(patient);
  }

  #onWell({ address, health }: Patient, now: number): void {
    if (this.trials.size > 0) this.trials.end(address);
    health.consecutiveFailures = 0;
    health.consecutiveOutruns = 0;
    health.probes = 0;
    health.consecutiveConnectTimeouts = 0;
    health.window.add(now, false);
  }

  #onFailed(patient: Patient, now: number): void {
    const { health } = patient;
    health.consecutiveFailures++;
    health.window.add(now, true);
    this.#ejectIfDue(patient, now);
  }

  /** Calls that were under way when a connection broke tell of that break, whichever connection they were on. */
  #onLost(patient: Patient, { latencyMs }: HostOutcome, now: number): void {
    const { health } = patient;
    if (now - latencyMs < health.lastLoss) return;
    health.lastLoss = now;
    this.#onFailed(patient, now);
  }

  /** One that never answers is not seen to fail while others answer in its place. */
  #onOutrun(patient: Patient): void {
    const { ejection, hostCount } = this.#options;
    if (!ejection) return;
    const outruns = ++patient.health.consecutiveOutruns;
    if (outruns < ejection.consecutiveFailures && !this.trials.has(patient.address)) return;
    if (!mayLeaveOut({ hosts: hostCount(), out: this.#out }, ejection)) return;
    const reason = `other servers, asked later, were faster ${outruns} times in a row`;
    this.#takeOut(patient, Condition.unreachable, reason);
  }

  #onConnectTimeout(patient: Patient, now: number): void {
    const { health } = patient;
    const timeouts = ++health.consecutiveConnectTimeouts;
    if (timeouts < connectTimeoutsAsUnreachable) this.#onFailed(patient, now);
    else this.#takeOut(patient, Condition.unreachable, `${timeouts} connect timeouts in a row`);
  }

  #ejectIfDue(patient: Patient, now: number): void {
    const { ejection, hostCount } = this.#options;
    const isOnTrial = this.trials.has(patient.address);
    if (!ejection) {
      this.trials.end(patient.address);
      return;
    }
    const { health } = patient;
    const { calls, failures } = health.window;
    const record = { isOnTrial, consecutiveFailures: health.consecutiveFailures, calls, failures };
    const reason = planEjection(record, { hosts: hostCount(), out: this.#out }, ejection);
    if (reason === undefined) return;
    // One that was down may take calls in a moment: it is probed again.
    if (isOnTrial && !health.isBackFromEjection) this.#takeOut(patient, Condition.unreachable, reason);
    else this.#eject(patient, reason, now - health.lastEjectionEnd > ejection.maxMs);
  }

  #eject(patient: Patient, reason: string, isForgiven: boolean): void {
    const { health } = patient;
    health.ejections = isForgiven ? 1 : health.ejections + 1;
    this.#takeOut(patient, Condition.ejected, reason);
  }

  #takeOut(patient: Patient, condition: Condition, reason: string): void {
    const { health } = patient;
    health.condition = condition;
    health.reason = reason;
    this.trials.end(patient.address);
    this.#out++;
    this.#options.logger.warn({ address: patient.address, condition, reason }, "server left out");
    this.#waitForReturn(patient);
    this.#options.onChange(condition);
  }

  #waitForReturn(patient: Patient): void {
    const { health } = patient;
    const { ejection, clock, probeIntervalMs } = this.#options;
    health.foundOutAt = clock.now();
    const isEjected = health.condition === Condition.ejected && ejection !== undefined;
    const waitMs = isEjected
      ? ejectionMs(health.ejections, ejection)
      : planProbeWait(health.probes, probeIntervalMs);
    const next = isEjected ? () => this.#takeBack(patient) : () => this.#probeIfAllowed(patient);
    health.timer = clock.setTimer(next, waitMs * (1 + jitterShare * (2 * this.#options.random() - 1)));
  }

  #probeIfAllowed(patient: Patient): void {
    if (this.#probesAtOnce < maxProbesAtOnce) this.#probe(patient);
    else this.#waitForReturn(patient);
  }

  #probe(patient: Patient): void {
    const { clock, probe, probeTimeoutMs } = this.#options;
    const probing = new AbortController();
    patient.health.probing = probing;
    patient.health.probes++;
    this.#probesAtOnce++;
    patient.health.timer = clock.setTimer(() => {
      this.#onProbed(patient, probing, false);
      probing.abort();
    }, probeTimeoutMs);
    const run = async (): Promise<void> => probe(patient.address, probing.signal);
    run().then(
      () => this.#onProbed(patient, probing, true),
      () => this.#onProbed(patient, probing, false),
    );
  }

  #onProbed(patient: Patient, probing: AbortController, isWell: boolean): void {
    // Its time was up, or its server has left: what it says now is of no use.
    if (patient.health.probing !== probing) return;
    this.#endProbe(patient.health);
    if (isWell) this.#takeBack(patient);
    else this.#waitForReturn(patient);
  }

  #endProbe(health: HostHealth): void {
    health.timer?.cancel();
    health.probing = undefined;
    this.#probesAtOnce--;
  }

  #takeBack(patient: Patient): void {
    const { address, health } = patient;
    const { condition } = health;
    const now = this.#options.clock.now();
    if (condition === Condition.ejected) health.lastEjectionEnd = now;
    health.upSince = now;
    this.trials.begin(address);
    health.condition = Condition.up;
    health.reason = "";
    health.consecutiveFailures = 0;
    health.consecutiveConnectTimeouts = 0;
    health.consecutiveOutruns = 0;
    health.window.clear();
    this.#out--;
    this.#options.logger.info({ address, condition }, "server taken back");
    this.#options.onChange(Condition.up);
  }
}

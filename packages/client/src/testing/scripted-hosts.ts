import { type Clock, Code, ServeError } from "@paddlewheel/core";
import type { Cluster, HostLease, HostOutcome, PickOptions } from "../cluster/cluster.js";
import type { Host } from "../cluster/host.js";
import { timedOut } from "../stopped-call.js";
import { unanswered } from "../transport/attempt-failure.js";
import type {
  Attempt,
  AttemptOutcome,
  HostTransport,
  OnAttemptEnd,
  OutgoingCall,
} from "../transport/host-transport.js";

/** What a host does with an attempt: after some time, it ends so; "silent" never says anything. */
export type HostScript = { readonly afterMs: number; readonly outcome: AttemptOutcome } | "silent";

export interface SeenAttempt {
  readonly address: string;
  readonly at: number;
  readonly call: OutgoingCall;
  state: "open" | "ended" | "abandoned";
}

/** Hosts in turn, each with a transport that does what a script says; counts leases and attempts. */
export class ScriptedHosts implements Cluster {
  readonly attempts: SeenAttempt[] = [];
  readonly outcomes: { readonly address: string; readonly outcome: HostOutcome }[] = [];
  readonly closed: string[] = [];
  openLeases = 0;
  listenerCount = 0;
  isDown = false;
  hosts: readonly Host[];
  readonly #clock: Clock;
  readonly #script: (address: string, attemptIndex: number, message: Uint8Array) => HostScript;
  #onHosts: ((hosts: readonly Host[]) => void) | undefined;
  #turn = 0;

  constructor(
    clock: Clock,
    addresses: readonly string[],
    script: (address: string, index: number, message: Uint8Array) => HostScript,
  ) {
    this.#clock = clock;
    this.hosts = addresses.map((address) => ({ address, tag: "" }));
    this.#script = script;
  }

  pick({ tried }: PickOptions = {}): HostLease {
    if (this.isDown) throw new ServeError(Code.unavailable, "no server is well");
    const untried = this.hosts.filter(({ address }) => !tried?.has(address));
    const turn = tried ? 0 : this.#turn++ % this.hosts.length;
    const host = untried[turn] ?? this.hosts[turn];
    if (!host) throw new ServeError(Code.unavailable, "there is no server");
    this.openLeases++;
    let isEnded = false;
    return {
      host,
      end: (outcome) => {
        if (isEnded) throw new Error("a lease must end once");
        isEnded = true;
        this.openLeases--;
        this.outcomes.push({ address: host.address, outcome });
      },
    };
  }

  setHosts(addresses: readonly string[]): void {
    this.hosts = addresses.map((address) => ({ address, tag: "" }));
    this.#onHosts?.(this.hosts);
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  onHosts(listener: (hosts: readonly Host[]) => void): () => void {
    this.#onHosts = listener;
    this.listenerCount++;
    return () => {
      this.#onHosts = undefined;
      this.listenerCount--;
    };
  }

  close(): void {}

  readonly connect = (address: string): HostTransport => {
    const open = new Set<() => void>();
    return {
      start: (call, onEnd) => this.#start(address, call, { onEnd, open }),
      close: () => {
        this.closed.push(address);
        for (const end of [...open]) end();
      },
    };
  };

  #start(
    address: string,
    call: OutgoingCall,
    { onEnd, open }: { onEnd: OnAttemptEnd; open: Set<() => void> },
  ): Attempt {
    const seen: SeenAttempt = { address, at: this.#clock.now(), call, state: "open" };
    const script = this.#script(address, this.attempts.push(seen) - 1, call.message);
    const late = unanswered(timedOut(address, call.timeoutMs));
    const isInTime = script !== "silent" && script.afterMs < call.timeoutMs;
    const [afterMs, outcome] = isInTime ? [script.afterMs, script.outcome] : [call.timeoutMs, late];
    const finish = (state: "ended" | "abandoned"): boolean => {
      if (seen.state !== "open") return false;
      seen.state = state;
      open.delete(close);
      timer.cancel();
      return true;
    };
    const timer = this.#clock.setTimer(() => finish("ended") && onEnd(outcome), afterMs);
    const close = (): void => {
      const error = new ServeError(Code.cancelled, "the client was closed");
      if (finish("ended")) onEnd(unanswered(error));
    };
    open.add(close);
    return { abandon: () => void finish("abandoned") };
  }
}

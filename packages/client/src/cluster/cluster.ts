import type { ServeError } from "@paddlewheel/core";
import type { FailureStage } from "../transport/host-transport.js";
import type { Host } from "./host.js";

/** What a pick may depend on. */
export interface PickOptions {
  /** For consistent hashing: 0 to 2^32 - 1. */
  readonly requestCode?: number | undefined;
  /** Addresses this call was tried at already: taken again only when there is no other. */
  readonly tried?: ReadonlySet<string> | undefined;
}

/** How an attempt at a host ended, for balancing, health and circuit breaking. */
export interface HostOutcome {
  readonly latencyMs: number;
  /** Undefined for success, and for an attempt nobody wanted any more. */
  readonly error?: ServeError | undefined;
  /**
   * How far an attempt came that failed. With it, and the errno that `error.cause` has as its `code`, health tells a
   * server nobody can connect to from one that says it is stopping.
   */
  readonly stage?: FailureStage | undefined;
  readonly isAbandoned?: boolean;
  /** Abandoned because another host, which was asked later, answered first. */
  readonly isOutrun?: boolean;
}

/** A host picked for one attempt. */
export interface HostLease {
  readonly host: Host;
  /** Tells how it went; exactly once. */
  end(outcome: HostOutcome): void;
}

/** The servers of one variant: who they are, who of them is well, whose turn it is. */
export interface Cluster {
  /** @throws ServeError unavailable when there is no server, or none that is well; invalidArgument without a request code where one is needed. */
  pick(options?: PickOptions): HostLease;
  /** No server is well. They are probed just then, so that a call had better wait a moment than fail. */
  readonly isDown: boolean;
  /** All hosts, in the order of naming. */
  readonly hosts: readonly Host[];
  /** Resolves when naming has told hosts for the first time. @throws ServeError when it cannot. */
  ready(): Promise<void>;
  /** Told of hosts that come and go. Gives the function that takes the listener back. */
  onHosts(listener: (hosts: readonly Host[]) => void): () => void;
  /** Ends watching and health checks. Idempotent. */
  close(): void;
}

import type { ServeError } from "@paddlewheel/core";
import type { Host } from "../host.js";

/** Who is told what naming finds. */
export interface NamingListener {
  /** The servers, each once, at least one; also when they are those of before. */
  onHosts(hosts: readonly Host[]): void;
  /** The servers could not be found; those of before stay. Told once for each reason until they are found again. */
  onFailure(error: ServeError): void;
}

/** Names the servers of a cluster until it is closed. */
export interface NamingSource {
  /** Idempotent; nothing is told after it. */
  close(): void;
}

import type { Clock, Logger, Metrics } from "@paddlewheel/core";
import type { HostTransport } from "../transport/host-transport.js";

/** What comes to variants from outside. */
export interface VariantEnvironment {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** Default: the system's. */
  readonly clock: Clock | undefined;
  /** Default: transports of the variant's protocol. */
  readonly connect: ((address: string) => HostTransport) | undefined;
}

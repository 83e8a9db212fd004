import { CompressType, type PackedMessage } from "@paddlewheel/wire";
import type { OutgoingCall } from "../host-transport.js";
import { type AttemptWorker, OpenAttempt, type OpenAttemptOptions } from "../open-attempt.js";
import type { Connection } from "./connection.js";
import type { ConnectionSource } from "./connection-source.js";

/** A request and its answer. */
export class Exchange implements AttemptWorker {
  readonly call: OutgoingCall;
  readonly attempt: OpenAttempt;
  /** As it travels. */
  message: PackedMessage;
  /** Undefined while it waits for one, and once its answer is there. */
  connection: Connection | undefined;
  /** Its own on its connection. */
  correlationId = 0;
  /** How many frames its connection had brought when it was sent. */
  framesBefore = 0;
  readonly #source: ConnectionSource;

  constructor(source: ConnectionSource, options: Omit<OpenAttemptOptions, "worker">) {
    const { call } = options;
    this.#source = source;
    this.call = call;
    this.message = { bytes: call.message, compressType: CompressType.none };
    this.attempt = new OpenAttempt({ ...options, worker: this });
  }

  onTakenBack(hasMissedDeadline: boolean): void {
    if (hasMissedDeadline) this.connection?.onMissedDeadline(this);
    this.#source.takeBack(this);
  }
}

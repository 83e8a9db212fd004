import { CompressType, type PackedMessage } from "@paddlewheel/wire";
import { timedOut } from "../../stopped-call.js";
import { unanswered } from "../attempt-failure.js";
import type { Deadline, Deadlines, Timed } from "../deadlines.js";
import type { Attempt, AttemptOutcome, OnAttemptEnd, OutgoingCall } from "../host-transport.js";
import type { Connection } from "./connection.js";

/** What an exchange asks of whoever has started it. */
export interface ExchangeOwner {
  readonly address: string;
  readonly deadlines: Deadlines;
  /** Nobody waits for the answer any more. */
  takeBack(exchange: Exchange): void;
}

/** A request and its answer, from the start to the one end. */
export class Exchange implements Attempt, Timed {
  readonly call: OutgoingCall;
  /** As it travels. */
  message: PackedMessage;
  /** Undefined while it waits for one. */
  connection: Connection | undefined;
  /** Its own on its connection. */
  correlationId = 0;
  /** How many frames its connection had brought when it was sent. */
  framesBefore = 0;

  readonly #owner: ExchangeOwner;
  readonly #onEnd: OnAttemptEnd;
  readonly #deadline: Deadline;
  #isOver = false;

  constructor(call: OutgoingCall, owner: ExchangeOwner, onEnd: OnAttemptEnd) {
    this.call = call;
    this.message = { bytes: call.message, compressType: CompressType.none };
    this.#owner = owner;
    this.#onEnd = onEnd;
    this.#deadline = owner.deadlines.add(this, call.timeoutMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(outcome: AttemptOutcome): void {
    if (this.#finish()) this.#onEnd(outcome);
  }

  abandon(): void {
    if (this.#finish()) this.#owner.takeBack(this);
  }

  onDeadline(): void {
    if (!this.#finish()) return;
    this.connection?.onMissedDeadline(this);
    this.#owner.takeBack(this);
    this.#onEnd(unanswered(timedOut(this.#owner.address, this.call.timeoutMs)));
  }

  /** False when it was over before. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#deadline.cancel();
    return true;
  }
}

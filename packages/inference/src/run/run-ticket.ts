const state = { waiting: 0, begun: 1, takenBack: 2 } as const;

/** Memory of a ticket that both threads see. */
export type TicketState = Int32Array<SharedArrayBuffer>;

/**
 * Goes with a run that waits in a worker for the one before it to end. Until the worker begins it, it can be taken back;
 * of the two only one succeeds, whatever message is still on its way.
 */
export class RunTicket {
  readonly state: TicketState = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  get isTakenBack(): boolean {
    return Atomics.load(this.state, 0) === state.takenBack;
  }

  /** Whether the run will never reach the model; false when it has begun. */
  takeBack(): boolean {
    const before = Atomics.compareExchange(this.state, 0, state.waiting, state.takenBack);
    return before !== state.begun;
  }
}

/** Asked by the worker before it begins; false when the run was taken back. */
export function mayBegin(ticket: TicketState): boolean {
  return Atomics.compareExchange(ticket, 0, state.waiting, state.begun) === state.waiting;
}

/** A run ended before the model began with it: it is as if it had not been asked for. */
export class RunNotBegun extends Error {
  override readonly name = "RunNotBegun";
}

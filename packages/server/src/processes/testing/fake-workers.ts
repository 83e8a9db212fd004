import type { FromProcess, ToProcess } from "../messages.js";
import type {
  ProcessEnd,
  ProcessPlace,
  SpawnWorker,
  WorkerEvents,
  WorkerProcess,
} from "../worker-process.js";

/** A process that does what a test says. */
export class FakeWorker implements WorkerProcess {
  readonly pid: number;
  readonly place: ProcessPlace;
  readonly sent: ToProcess[] = [];
  readonly signals: NodeJS.Signals[] = [];
  readonly #events: WorkerEvents;

  constructor(pid: number, place: ProcessPlace, events: WorkerEvents) {
    this.pid = pid;
    this.place = place;
    this.#events = events;
  }

  send(message: ToProcess): void {
    this.sent.push(message);
  }

  kill(signal: NodeJS.Signals): void {
    this.signals.push(signal);
  }

  say(message: FromProcess): void {
    this.#events.onMessage(message);
  }

  /** Lets what waits for it go on. */
  async becomeReady(): Promise<void> {
    this.say({ kind: "ready", line: `ready: ${this.place.number}` });
    await settled();
  }

  async end(end: ProcessEnd): Promise<void> {
    this.#events.onEnd(end);
    await settled();
  }
}

/** Starts processes that wait for what the test says; the first has pid 1. */
export class FakeWorkers {
  readonly all: FakeWorker[] = [];
  readonly spawn: SpawnWorker = (place, events) => {
    const worker = new FakeWorker(this.all.length + 1, place, events);
    this.all.push(worker);
    return worker;
  };

  /** @throws Error when it was not started. */
  at(pid: number): FakeWorker {
    const worker = this.all[pid - 1];
    if (!worker) throw new Error(`there is no process ${pid} yet, of ${this.all.length}`);
    return worker;
  }
}

/** A turn of the event loop: all promises that can settle have. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

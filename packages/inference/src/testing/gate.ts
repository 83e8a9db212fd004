import { BroadcastChannel } from "node:worker_threads";

/**
 * A place where code in any thread of this process stops until a test lets it go on. Both sides know the gate by its
 * name.
 */
export class Gate {
  readonly #channel: BroadcastChannel;
  readonly #arrivals: (() => void)[] = [];
  #arrived = 0;

  constructor(name: string) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.unref();
    this.#channel.onmessage = () => {
      this.#arrived++;
      this.#arrivals.shift()?.();
    };
  }

  /** Resolves when somebody more has come to stand at the gate. */
  async arrival(): Promise<void> {
    if (this.#arrived === 0) await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    this.#arrived--;
  }

  /** Lets everybody go on who stands there now. */
  open(): void {
    this.#channel.postMessage("open");
  }

  close(): void {
    this.#channel.close();
  }
}

/** Stops here until the test opens the gate of this name. */
export function passGate(name: string): Promise<void> {
  const channel = new BroadcastChannel(name);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }: MessageEvent) => {
      if (data !== "open") return;
      channel.close();
      resolve();
    };
    channel.postMessage("arrived");
  });
}

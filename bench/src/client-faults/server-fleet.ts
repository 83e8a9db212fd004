import { startPaddlewheel } from "../contenders/paddlewheel.js";
import type { RunningServer } from "../contenders/server-process.js";
import type { PreparedModel } from "../models/prepared-model.js";

/** Servers of one model, each in a process of its own that keeps its port when it is started again. */
export class ServerFleet {
  readonly #model: PreparedModel;
  readonly #servers: RunningServer[] = [];

  private constructor(model: PreparedModel) {
    this.#model = model;
  }

  static async start(model: PreparedModel, count: number): Promise<ServerFleet> {
    const fleet = new ServerFleet(model);
    for (let i = 0; i < count; i++) fleet.#servers.push(await startPaddlewheel(model, { key: `fleet-${i}` }));
    return fleet;
  }

  get ports(): readonly number[] {
    return this.#servers.map(({ port }) => port);
  }

  signal(index: number, signal: NodeJS.Signals): void {
    this.#servers[index]?.signal(signal);
  }

  /** Sends SIGKILL, starts the server again and waits until it answers. */
  async killAndRestart(index: number): Promise<void> {
    const server = this.#servers[index];
    if (!server) throw new RangeError(`there is no server ${index}`);
    await server.kill();
    this.#servers[index] = await startPaddlewheel(this.#model, { key: `fleet-${index}`, port: server.port });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill()));
  }
}

import { httpRequest, type WireClient, wireClients } from "../e2e/clients.js";
import { goodRequests } from "../e2e/good-requests.js";
import { serveModel } from "../e2e/serve-model.js";
import { linear } from "../e2e/served-models.js";
import type { StartedServer } from "../harness/start-server.js";

export interface MemoryInUse {
  /** Heap and what belongs to it, after garbage is collected, in bytes. */
  readonly inUse: number;
  readonly resident: number;
}

/** `paddlewheel start` as users run it, with a look into its memory, and good clients of every protocol. */
export class FuzzedServer implements AsyncDisposable {
  readonly #server: StartedServer;
  readonly #clients: readonly WireClient[];
  #asked = 0;
  /** Good requests that were answered. */
  answered = 0;
  /** The longest that one of them took, in ms. */
  slowestMs = 0;

  private constructor(server: StartedServer) {
    this.#server = server;
    this.#clients = wireClients(server.port);
  }

  static async start(): Promise<FuzzedServer> {
    const observer = new URL("./observe-memory.js", import.meta.url).href;
    const flags = ["--log_level", "error", "--idle_timeout_s", "5"];
    const env = { NODE_OPTIONS: `--import=${observer}` };
    return new FuzzedServer(await serveModel({ model: linear() }, flags, { env }));
  }

  get port(): number {
    return this.#server.port;
  }

  /** What it wrote of faults inside, and on its way to an early end. */
  get faults(): string {
    return this.#server.command.stdout;
  }

  /** A good request over every protocol. @throws Error when one is not answered rightly. */
  async callAll(): Promise<void> {
    await Promise.all(this.#clients.map((client) => this.#call(client)));
  }

  async memory(): Promise<MemoryInUse> {
    const number = ++this.#asked;
    this.#server.command.signal("SIGUSR2");
    const line = new RegExp(`^memory ${number}: in use (\\d+), resident (\\d+)$`, "m");
    const [, inUse, resident] = await this.#server.command.waitFor("stderr", line);
    return { inUse: Number(inUse), resident: Number(resident) };
  }

  /** A number of `/metrics`. */
  async metric(name: string): Promise<number> {
    const { body } = await httpRequest({ port: this.port, method: "GET", path: "/metrics" });
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(body.toString())?.[1] ?? Number.NaN);
  }

  /** Waits until no connections are left but those of the good clients and of the one who asks. */
  async untilAlone(): Promise<void> {
    const own = this.#clients.length + 1;
    while ((await this.metric("paddlewheel_connections")) > own) await this.callAll();
  }

  /** Stops it; gives its exit code. */
  async stop(): Promise<number | undefined> {
    for (const client of this.#clients) client.close();
    return (await this.#server.stop()).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#server[Symbol.asyncDispose]();
  }

  async #call(client: WireClient): Promise<void> {
    const startedAt = performance.now();
    const { text, response } = await client.send(client.encode(goodRequests.linear.request));
    const value = response?.outputs[0]?.tensor[0]?.float_data[0];
    if (value !== 14.5) throw new Error(`a good request was answered with ${value}: ${text}`);
    this.answered++;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt);
  }
}

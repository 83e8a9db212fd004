import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repositoryRoot } from "../harness/paddlewheel-command.js";

/** As the script says of itself. */
export interface EchoServerReport {
  readonly port: number;
  readonly connections: number;
  readonly streams: number;
  /** How often each limit refused something, by its name. */
  readonly limits: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

export interface EchoServerOptions {
  /** Limits of the HTTP/2 server that are not to be the defaults. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Time stands still until `advance` moves it. Default false. */
  readonly hasManualClock?: boolean;
}

const script = join(repositoryRoot, "packages/http2/dist/testing/echo-server.js");

/** An HTTP/2 server in a process of its own that answers every request with its body, as gRPC wants its answers. */
export class EchoServer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly port: number;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(options: EchoServerOptions = {}): Promise<EchoServer> {
    const process = fork(script, [JSON.stringify(options)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const [report] = await once(process, "message");
    return new EchoServer(process, report.port);
  }

  /** `127.0.0.1:PORT` */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  report(): Promise<EchoServerReport> {
    return this.advance(0);
  }

  /** Moves the server's time. */
  async advance(advanceMs: number): Promise<EchoServerReport> {
    this.#process.send({ advanceMs });
    const [report] = await once(this.#process, "message");
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.disconnect();
    await ended;
  }
}

import { type CommandEnd, type CommandOptions, PaddlewheelCommand } from "./paddlewheel-command.js";

/** A server in a process of its own, which is ready. */
export interface StartedServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, or `https://` with TLS. */
  readonly url: string;
  /** `127.0.0.1:PORT`, as gRPC clients want it. */
  readonly address: string;
  readonly port: number;
  readonly command: PaddlewheelCommand;
  /** Sends a signal, SIGTERM by default, and waits for the end. Does nothing to a server that has ended. */
  stop(signal?: NodeJS.Signals): Promise<CommandEnd>;
}

/**
 * Starts `paddlewheel serve` or `start` with the given arguments and waits until it says that it is ready. Give
 * `--port 0`, so that tests can run side by side.
 *
 * ```ts
 * await using server = await startServer(["serve", "--model", folder, "--port", "0"]);
 * ```
 * @throws Error with all it wrote when it ends before it is ready, or is not ready in time.
 */
export async function startServer(args: readonly string[], options?: CommandOptions): Promise<StartedServer> {
  const command = new PaddlewheelCommand(args, options);
  const ready = /^paddlewheel: ready on (https?):\/\/\S+:(\d+) \(.*\)$/m;
  const [, scheme, port] = await command.waitFor("stderr", ready);
  const address = `127.0.0.1:${port}`;
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<CommandEnd> => {
    command.signal(signal);
    return command.end();
  };
  return {
    url: `${scheme}://${address}`,
    address,
    port: Number(port),
    command,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

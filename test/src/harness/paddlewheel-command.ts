import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createDeferred } from "@paddlewheel/core/testing";

/** Root of the repository; commands run here unless told otherwise. */
export const repositoryRoot: string = fileURLToPath(new URL("../../../", import.meta.url));

const program = fileURLToPath(new URL("../../../packages/cli/dist/main.js", import.meta.url));

export interface CommandOptions {
  /** The repository by default. */
  readonly cwd?: string;
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that has not done what is awaited by then is killed, and the wait fails; default one minute. */
  readonly limitMs?: number;
}

/** How a command ended, and everything it said. */
export interface CommandEnd {
  /** Exit code; undefined for a command that a signal ended. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultLimitMs = 60_000;

/** Commands that must not outlive the tests, whatever becomes of these. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A `paddlewheel` command as a user runs it, in a process of its own. */
export class PaddlewheelCommand {
  readonly args: readonly string[];
  /** Settles when the process has ended and all it wrote has arrived. */
  readonly ended: Promise<CommandEnd>;
  readonly #child: ChildProcess;
  readonly #limitMs: number;
  readonly #output = { stdout: "", stderr: "" };

  constructor(args: readonly string[], options: CommandOptions = {}) {
    this.args = args;
    this.#limitMs = options.limitMs ?? defaultLimitMs;
    this.#child = spawn(process.execPath, ["--enable-source-maps", program, ...args], {
      cwd: options.cwd ?? repositoryRoot,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this.#child);
    for (const name of ["stdout", "stderr"] as const) {
      this.#child[name]?.setEncoding("utf8").on("data", (text: string) => {
        this.#output[name] += text;
      });
    }
    this.ended = this.#end();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it has written so far. */
  get stdout(): string {
    return this.#output.stdout;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Reads no more of its standard output; what it writes from now on meets a closed pipe. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits for text in what it writes, from the beginning on. @throws Error with all output when it never comes. */
  async waitFor(stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray> {
    return this.#limited(`write ${pattern} to ${stream}`, async () => {
      for (;;) {
        const match = pattern.exec(this.#output[stream]);
        if (match) return match;
        const isOver = await Promise.race([
          this.ended.then(() => true),
          once(this.#child[stream] ?? this.#child, "data").then(() => false),
        ]);
        const last = isOver ? pattern.exec(this.#output[stream]) : null;
        if (last) return last;
        if (isOver)
          throw new Error(`it ended before it could write ${pattern} to ${stream}\n${this.#story()}`);
      }
    });
  }

  /** Waits for its end. @throws Error with all output when it does not end in time. */
  async end(): Promise<CommandEnd> {
    return this.#limited("end", () => this.ended);
  }

  async #end(): Promise<CommandEnd> {
    // "close" comes after "exit", when both pipes are read to their ends.
    const [code, signal] = (await once(this.#child, "close")) as [number | null, NodeJS.Signals | null];
    running.delete(this.#child);
    return { code: code ?? undefined, signal: signal ?? undefined, ...this.#output };
  }

  async #limited<T>(what: string, work: () => Promise<T>): Promise<T> {
    const expired = createDeferred<never>();
    const timer = setTimeout(() => {
      expired.reject(new Error(`it did not ${what} within ${this.#limitMs} ms\n${this.#story()}`));
      this.signal("SIGKILL");
    }, this.#limitMs);
    try {
      return await Promise.race([work(), expired.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #story(): string {
    return [`paddlewheel ${this.args.join(" ")}`, "stdout:", this.stdout, "stderr:", this.stderr].join("\n");
  }
}

/** Runs a command to its end. */
export function runCommand(args: readonly string[], options?: CommandOptions): Promise<CommandEnd> {
  return new PaddlewheelCommand(args, options).end();
}

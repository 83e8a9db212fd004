import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { repositoryRoot } from "./readme.js";

/** Commands that must not outlive the tests, whatever becomes of these. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Runs a command as somebody at the root of the repository types it. @throws Error when it fails. */
export async function runShell(command: string): Promise<string> {
  const child = startShell(command);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (code === 0) return stdout;
  throw new Error(`it ended with ${code}: ${command}\n${stdout}\n${stderr}`);
}

export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}

export interface ExampleServer {
  readonly url: string;
  readonly port: number;
  /** Ends it in order, and gives its exit code. */
  stop(): Promise<number | null>;
}

/** Starts a server and waits until it says that it is ready. @throws Error with what it wrote when it ends before. */
export async function startServer(command: string): Promise<ExampleServer> {
  const child = startShell(`exec ${command}`);
  const closed = once(child, "close") as Promise<[number | null]>;
  child.stdout.resume();
  let stderr = "";
  child.stderr.setEncoding("utf8");
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    stderr += chunk;
    const port = /^paddlewheel: ready on http:\/\/\S+:(\d+) /m.exec(stderr)?.[1];
    if (port === undefined) continue;
    child.stderr.resume();
    const stop = async (): Promise<number | null> => {
      child.kill("SIGTERM");
      return (await closed)[0];
    };
    return { url: `http://127.0.0.1:${port}`, port: Number(port), stop };
  }
  throw new Error(`it ended before it was ready: ${command}\n${stderr}`);
}

function startShell(command: string) {
  const child = spawn("/bin/sh", ["-c", command], {
    cwd: repositoryRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.on("close", () => running.delete(child));
  return child;
}

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A server that does not stop by itself in this time is killed. */
const stopMs = 15_000;

const running: Set<ChildProcess> = new Set();

/** Makes sure a child does not outlive this process, however this process ends. */
export function adoptChild(child: ChildProcess): void {
  if (running.size === 0) process.on("exit", killAll);
  running.add(child);
  child.once("exit", () => {
    running.delete(child);
    if (running.size === 0) process.off("exit", killAll);
  });
}

/** Asks a child to end and waits for it. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), stopMs);
  await ended;
  clearTimeout(killer);
}

export async function killChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** `code 1` or `signal SIGKILL` */
export function describeEnd(child: ChildProcess): string {
  return child.signalCode === null ? `code ${child.exitCode}` : `signal ${child.signalCode}`;
}

function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

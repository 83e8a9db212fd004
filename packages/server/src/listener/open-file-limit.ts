import { readFileSync } from "node:fs";

/** Files beside sockets: models, logs, modules, pipes to threads. */
const reservedFiles = 256;

/** So many connections that half of the files the process may open stay free; Envoy advises as much. */
export function connectionsWithin(openFiles: number): number {
  return Math.max(Math.floor((openFiles - reservedFiles) / 2), 1);
}

/** Files this process may open; Infinity where the system does not say so in Linux' way. */
export function openFileLimit(): number {
  try {
    return parseOpenFileLimit(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The soft limit in the text of `/proc/PID/limits`. */
export function parseOpenFileLimit(limits: string): number {
  const [, soft = "unlimited"] = /^Max open files +(\w+)/m.exec(limits) ?? [];
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { CallerName } from "../load/callers.js";
import type { OpenLoadPlan, OpenWindow } from "../load/load-job.js";
import { runLoader } from "../load/measuring-process.js";
import type { PreparedWorkload } from "../workloads/workload.js";
import { adoptChild, describeEnd, hasEnded, killChild, stopChild } from "./child-process.js";
import type { RunningContender } from "./contender.js";
import { awaitRightAnswers } from "./readiness.js";

export interface ServerOptions {
  readonly key: string;
  readonly workload: PreparedWorkload;
  /** The command and its arguments. */
  readonly command: (port: number) => readonly [string, ...string[]];
  /** What loads it; default our loader for gRPC. */
  readonly caller?: CallerName;
  /** The figures are those of the caller, not of the server; default false. */
  readonly isCallerMeasured?: boolean;
  /** The cores that the server and the loader are bound to, as taskset names them; default any. */
  readonly cpus?: { readonly server: string; readonly loader: string } | undefined;
  /** Default: one nobody listens on. */
  readonly port?: number;
}

/** A server that runs; `port` is for loads of another kind. */
export interface RunningServer extends RunningContender {
  readonly port: number;
  /** Sends requests at a rate, whatever becomes of them. */
  measureOpen(plan: OpenLoadPlan): Promise<OpenWindow>;
  /** Sends its process a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Kills it and waits for its end. */
  kill(): Promise<void>;
}

/**
 * Starts a server in a process of its own and waits until it answers over gRPC, whatever else it speaks. What it prints
 * goes to a file.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { key, workload, command, caller = "grpc", isCallerMeasured = false, cpus } = options;
  const { port = await findFreePort() } = options;
  const logFile = join(workload.directory, `${key}-${workload.name}.log`);
  const child = spawnLogged(boundTo(cpus?.server, command(port)), logFile);
  try {
    await Promise.race([awaitRightAnswers({ server: child, port, workload }), failOnEnd(child, logFile)]);
  } catch (error) {
    await stopChild(child);
    throw error;
  }
  const job = {
    target: { port, service: workload.service.name },
    caller,
    measuredPid: isCallerMeasured ? undefined : child.pid,
    requests: workload.requests.map(({ message, expected }) => ({ message, expected })),
  };
  const explained = async <Window>(window: Promise<Window>): Promise<Window> => {
    try {
      return await window;
    } catch (error) {
      throw hasEnded(child) ? endError(child, logFile) : error;
    }
  };
  return {
    port,
    measure: (plan) => explained(runLoader({ ...job, plan }, cpus?.loader)),
    measureOpen: (plan) => explained(runLoader({ ...job, plan }, cpus?.loader)),
    signal: (signal) => void child.kill(signal),
    kill: () => killChild(child),
    stop: () => stopChild(child),
  };
}

function boundTo(
  cpu: string | undefined,
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  return cpu === undefined ? command : ["taskset", "-c", cpu, ...command];
}

function spawnLogged([file, ...args]: readonly [string, ...string[]], logFile: string): ChildProcess {
  const log = openSync(logFile, "w");
  const child = spawn(file, args, { stdio: ["ignore", log, log] });
  closeSync(log);
  adoptChild(child);
  return child;
}

async function failOnEnd(child: ChildProcess, logFile: string): Promise<never> {
  await once(child, "exit");
  throw endError(child, logFile);
}

function endError(child: ChildProcess, logFile: string): Error {
  const lastLines = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-20).join("\n");
  return new Error(`the server ended with ${describeEnd(child)}; it printed:\n${lastLines}`);
}

/** A port nobody listens on now; another process could take it before the server does, which then fails to start. */
async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

import { type ChildProcess, fork } from "node:child_process";
import type { Logger } from "@paddlewheel/core";
import type { Preparation, PrepareRequest } from "../core/fluid-family-core.js";

/** What the process is given. */
export interface PrepareJob extends PrepareRequest {
  /** URL of a `CoreModule` that can prepare. */
  readonly module: string;
}

export interface PrepareProcessOptions {
  /** After so many milliseconds the process is killed. */
  readonly timeoutMs: number;
  readonly onTimeout: () => void;
  readonly logger: Logger;
}

/** Characters of what the process prints that are logged. */
const maxOutput = 4096;

const childFile = new URL("./prepare-child.js", import.meta.url);

/**
 * Prepares a model in a process of its own: what crashes there ends nobody else, it can be killed at any time, and its
 * memory is gone when this resolves. It does not outlive this process.
 * @throws Error when the process ended without an answer.
 */
export async function prepareInProcess(
  job: PrepareJob,
  options: PrepareProcessOptions,
): Promise<Preparation> {
  const { logger, timeoutMs } = options;
  // One debugger listens on one port.
  const execArgv = process.execArgv.filter((argument) => !argument.startsWith("--inspect"));
  const child = fork(childFile, {
    execArgv,
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const output = collectOutput(child);
  try {
    return await answerOf(child, job, options);
  } finally {
    process.off("exit", kill);
    if (output().length > 0)
      logger.warn({ output: output() }, "the process that prepares a model printed this");
  }
}

function answerOf(
  child: ChildProcess,
  job: PrepareJob,
  { timeoutMs, onTimeout }: PrepareProcessOptions,
): Promise<Preparation> {
  return new Promise((resolve, reject) => {
    let answer: Preparation | undefined;
    child.once("message", (message) => {
      answer = message as Preparation;
    });
    child.once("error", reject);
    // Not `exit`: until then it may still have something to say.
    child.once("close", (code, signal) => {
      if (answer) return resolve(answer);
      if (!child.killed)
        return reject(new Error(`the process that prepares it ended with ${signal ?? code}`));
      onTimeout();
      reject(new Error(`to prepare it takes longer than ${timeoutMs} ms`));
    });
    // That it cannot be sent to a process that ended shows above.
    child.send(job, () => {});
  });
}

/** The first of what a process prints. */
function collectOutput({ stdout, stderr }: ChildProcess): () => string {
  let output = "";
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(0, maxOutput);
    });
  }
  return () => output.trim();
}

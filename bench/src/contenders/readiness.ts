import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { checkMessage } from "../load/answer-check.js";
import { inferencePath } from "../workloads/bench-service.js";
import type { PreparedWorkload } from "../workloads/workload.js";
import { hasEnded } from "./child-process.js";

/** Loading a large model on a busy machine takes a while. */
const startMs = 120_000;
const retryMs = 100;

/** It is not there yet, or others keep it busy already. */
const passing: readonly status[] = [status.UNAVAILABLE, status.RESOURCE_EXHAUSTED];

export interface ReadinessOptions {
  readonly server: ChildProcess;
  readonly port: number;
  readonly workload: PreparedWorkload;
}

/**
 * Calls a server until it answers, with a client that is not our own, and checks every prepared answer once.
 * @throws Error when an answer is wrong, or none comes in time.
 */
export async function awaitRightAnswers({ server, port, workload }: ReadinessOptions): Promise<void> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.initial_reconnect_backoff_ms": retryMs,
    "grpc.max_reconnect_backoff_ms": retryMs,
  });
  const path = inferencePath(workload.service.name);
  const deadline = Date.now() + startMs;
  const isStarting = (error: ServiceError): boolean =>
    passing.includes(error.code) && Date.now() < deadline && !hasEnded(server);
  try {
    for (const { message, expected } of workload.requests) {
      const answer = await retryWhile(isStarting, () => callOnce({ client, path, message, deadline }));
      const fault = checkMessage(answer, expected);
      if (fault !== undefined) throw new Error(fault);
    }
  } finally {
    client.close();
  }
}

async function retryWhile<T>(
  isPassing: (error: ServiceError) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error as ServiceError)) throw error;
      await sleep(retryMs);
    }
  }
}

interface SingleCall {
  readonly client: Client;
  readonly path: string;
  readonly message: Uint8Array;
  readonly deadline: number;
}

function callOnce({ client, path, message, deadline }: SingleCall): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const keepBytes = (bytes: Buffer): Buffer => bytes;
    client.makeUnaryRequest(
      path,
      keepBytes,
      keepBytes,
      Buffer.from(message),
      { deadline },
      (error, answer) => {
        if (error) reject(error);
        else if (answer) resolve(answer);
        else reject(new Error("the server answered without a message"));
      },
    );
  });
}

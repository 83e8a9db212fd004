import cluster, { type Worker } from "node:cluster";
import { closeUntakenConnections } from "./handed-connections.js";
import { type Envelope, type FromProcess, opened, type ToProcess } from "./messages.js";
import { encodePlace, placeVariable } from "./place-variable.js";
import type { ProcessPlace, SpawnWorker, WorkerEvents, WorkerProcess } from "./worker-process.js";

/**
 * Processes that run this process's own command again, share its ports, and get their connections in turn. Numbers go
 * between processes as they are, NaN and infinity too, which JSON has not.
 */
export function clusterWorkers(): SpawnWorker {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({ args: process.argv.slice(2), serialization: "advanced" });
  return (place, events) => {
    try {
      return workerOf(fork(place), events);
    } catch (thrown) {
      return unstarted(thrown instanceof Error ? thrown : new Error(String(thrown)), events);
    }
  };
}

function fork(place: ProcessPlace): Worker {
  return cluster.fork({ [placeVariable]: encodePlace(place) });
}

function workerOf(worker: Worker, { onMessage, onEnd }: WorkerEvents): WorkerProcess {
  closeUntakenConnections(worker.process);
  worker.on("message", (received) => {
    const message = opened<FromProcess>(received);
    if (message !== undefined) onMessage(message);
  });
  // A process that could not be started says so, and never exits.
  worker.on("error", (error) => worker.process.pid === undefined && onEnd({ error }));
  worker.on("exit", (code: number | null, signal: NodeJS.Signals | null) => {
    onEnd({ ...(code === null ? {} : { code }), ...(signal ? { signal } : {}) });
  });
  return {
    pid: worker.process.pid ?? 0,
    send(message) {
      const envelope: Envelope<ToProcess> = { paddlewheel: message };
      // Whether it arrives is seen from what comes back.
      if (worker.isConnected()) worker.send(envelope, () => {});
    },
    kill: (signal) => void worker.process.kill(signal),
  };
}

function unstarted(error: Error, { onEnd }: WorkerEvents): WorkerProcess {
  // Whoever starts it has not got it yet.
  setImmediate(() => onEnd({ error }));
  return { pid: 0, send: () => {}, kill: () => {} };
}

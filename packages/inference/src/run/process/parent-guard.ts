import { rmdirSync } from "node:fs";
import { Socket } from "node:net";
import { workerFds } from "./worker-fds.js";

/**
 * The module of a thread beside the model: ends the process when its parent is gone, even while a run holds the main
 * thread. By SIGKILL, as an exit inside a native run aborts.
 */
new Socket({ fd: workerFds.lifeline })
  .on("error", () => {})
  .on("close", end)
  .resume();

function end(): void {
  try {
    rmdirSync(process.cwd());
  } catch {
    // Somebody left something there, or was faster.
  }
  process.kill(process.pid, "SIGKILL");
}

import { httpRequest } from "./clients.js";

/** Pids of the processes that serve on a port, by their number; each connection goes to the next process. */
export async function processPids(port: number, count: number): Promise<ReadonlyMap<number, number>> {
  const pids = new Map<number, number>();
  while (pids.size < count) {
    const headers = { connection: "close" };
    const { body } = await httpRequest({ port, method: "GET", path: "/status?console=1", headers });
    const [, number, pid] = /^process: (\d+) of \d+, pid (\d+)$/m.exec(body.toString()) ?? [];
    pids.set(Number(number), Number(pid));
  }
  return pids;
}

import { bvarName } from "./bvar-name.js";
import { methodNumbers } from "./method-numbers.js";
import type { ServerView } from "./server-view.js";
import { uptimeSeconds } from "./uptime.js";

/** A number with the name that brpc's variables have, or would have. */
export type ServerVar = readonly [name: string, value: number];

/** Numbers of the process and the server that are no method's. */
export function processVars(server: ServerView): readonly ServerVar[] {
  const { pid, memoryResident, memoryHeapUsed, cpuSeconds } = server.process;
  const prefix = `rpc_server_${server.port}`;
  return [
    ["pid", pid],
    ...(server.place ? ([["process_number", server.place.number]] as const) : []),
    ["process_uptime", uptimeSeconds(server)],
    ["process_cpu_seconds", cpuSeconds],
    ["process_memory_resident", memoryResident],
    ["process_memory_heap_used", memoryHeapUsed],
    [`${prefix}_connection_count`, server.connectionCount],
    [`${prefix}_concurrency`, server.concurrency],
    [`${prefix}_max_concurrency`, server.maxConcurrency],
    [`${prefix}_non_service_error`, server.unhostedErrors],
  ];
}

/** The numbers of each method, each under a name of its own. */
export function methodVars(server: ServerView): readonly ServerVar[] {
  const now = server.clock.now();
  return server.directory.methods().flatMap(({ service, method, stats, limiter }) => {
    const prefix = methodVarName(server.port, service.name, method.name);
    const numbers = methodNumbers(stats.snapshot(now), limiter?.limit);
    return numbers.map(([name, value]) => [`${prefix}_${name}`, value] as const);
  });
}

/** `rpc_server_8010_pkg_service_method` */
export function methodVarName(port: number, service: string, method: string): string {
  return bvarName("rpc_server", port, service, method);
}

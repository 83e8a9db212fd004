import {
  type CallEngine,
  createCallEngine,
  createCluster,
  createHostTransport,
  type TransportProtocol,
} from "@paddlewheel/client";
import type { PreparedModel } from "../models/prepared-model.js";
import { FaultProxy } from "./fault-proxy.js";
import { SdkLoad } from "./sdk-load.js";
import { ServerFleet } from "./server-fleet.js";

const serverCount = 3;

export interface SceneOptions {
  readonly workload: PreparedModel;
  readonly protocol: TransportProtocol;
  /** Calls per second. */
  readonly rate: number;
  /** Whether servers are called through proxies: all of them, so that the way to each is as long. */
  readonly isBehindProxy: boolean;
  readonly isHedged: boolean;
  readonly loadBalancer?: string | undefined;
}

/** Servers, and a client that calls them; retries are as by default. */
export interface Scene {
  readonly fleet: ServerFleet;
  /** Before the first server, where servers are called through proxies. */
  readonly proxy: FaultProxy;
  readonly engine: CallEngine;
  readonly load: SdkLoad;
  /** Of the servers, as the client knows them. */
  readonly hosts: readonly string[];
  close(): Promise<void>;
}

export async function openScene(options: SceneOptions): Promise<Scene> {
  const { workload, protocol, rate, isBehindProxy, isHedged, loadBalancer } = options;
  const fleet = await ServerFleet.start(workload, serverCount);
  const proxies = await Promise.all(fleet.ports.map((port) => FaultProxy.start(port)));
  const [proxy] = proxies;
  if (!proxy) throw new RangeError("a scene needs servers");
  const ports = isBehindProxy ? proxies.map(({ port }) => port) : fleet.ports;
  const hosts = ports.map((port) => `127.0.0.1:${port}`);
  const cluster = createCluster({ naming: `list://${hosts.join(",")}`, loadBalancer });
  const load = new SdkLoad({ workload, rate });
  const engine = createCallEngine({
    cluster,
    connect: (address) => createHostTransport(protocol, { address }),
    hedge: isHedged ? { after: "p95" } : undefined,
    observer: load.observer,
  });
  const close = async (): Promise<void> => {
    engine.close();
    cluster.close();
    for (const each of proxies) each.stop();
    await fleet.stop();
  };
  return { fleet, proxy, engine, load, hosts, close };
}

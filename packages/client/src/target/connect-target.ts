import { type CallEngine, createCallEngine } from "../call/call-engine.js";
import type { CallEngineOptions } from "../call/call-options.js";
import type { ClusterOptions } from "../cluster/cluster-options.js";
import { createCluster } from "../cluster/create-cluster.js";
import { type ClientTlsOptions, resolveSecurity } from "../security/client-security.js";
import { createHostTransport } from "../transport/create-host-transport.js";
import type { HostTransportOptions } from "../transport/transport-options.js";
import type { CallTarget } from "./parse-target.js";

/** How a target is called; what is left out is as `createCluster`, `createCallEngine` and the transports have it. */
export interface TargetOptions
  extends Pick<ClusterOptions, "loadBalancer">,
    Pick<CallEngineOptions, "retry" | "hedge" | "observer" | "variant">,
    Pick<HostTransportOptions, "connectionType" | "connectionCount" | "limits" | "http"> {
  /** Speaks TLS; needed only where the target does not say so, or for more than the defaults. */
  readonly tls?: ClientTlsOptions | undefined;
  readonly token?: string | undefined;
}

/** A target's servers with what calls them. */
export interface ConnectedTarget extends CallEngine {
  /** Resolves when the servers are known, which is at once where the target names them. @throws ServeError when it cannot. */
  ready(): Promise<void>;
}

/**
 * Finds the servers of a target and calls them; connections are made at the first call.
 * @throws ServeError invalidConf for naming and balancer, invalidArgument for other options.
 */
export function connectTarget(target: CallTarget, options: TargetOptions = {}): ConnectedTarget {
  const { loadBalancer, connectionType, connectionCount, limits, http, token, tls, ...policies } = options;
  const { naming, protocol, isTls } = target;
  const security = resolveSecurity(tls ?? (isTls ? {} : undefined), token);
  const cluster = createCluster({ naming, loadBalancer });
  const connections = {
    connectionType,
    http,
    ...(connectionCount === undefined ? {} : { connectionCount }),
    ...(limits ? { limits } : {}),
  };
  const connect: CallEngineOptions["connect"] = (address) =>
    createHostTransport(protocol, { address, security, ...connections });
  const engine = createCallEngine({ ...policies, cluster, connect });
  return {
    call: (request) => engine.call(request),
    start: (request, onEnd) => engine.start(request, onEnd),
    ready: () => cluster.ready(),
    close: () => {
      engine.close();
      cluster.close();
    },
  };
}

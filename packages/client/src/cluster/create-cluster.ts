import { type ClusterOptions, resolveClusterOptions } from "./cluster-options.js";
import { NamedCluster, type ObservableCluster } from "./named-cluster.js";

/**
 * Finds the servers of one variant and keeps watch over them until it is closed. Servers that are written in `naming`
 * itself are there at once; for others wait for `ready`.
 * @throws ServeError invalidConf for `naming` and `loadBalancer`, invalidArgument for numbers out of range.
 */
export function createCluster(options: ClusterOptions): ObservableCluster {
  return new NamedCluster(resolveClusterOptions(options)).start();
}

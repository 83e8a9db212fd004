import { isIPv6 } from "node:net";
import type { ServerConf } from "@paddlewheel/conf";

export interface ReadyLineOptions {
  readonly scheme?: "http" | "https";
  /** How many serve there; said when it is not this process alone. */
  readonly processes?: number | undefined;
}

/** `ready on http://0.0.0.0:9393 (GeneralModelService: workflow1; engines: GeneralInferOp_0)` */
export function readyLine(
  { address, port }: { readonly address: string; readonly port: number },
  { services, engines }: ServerConf,
  { scheme = "http", processes }: ReadyLineOptions = {},
): string {
  const host = isIPv6(address) ? `[${address}]` : address;
  const parts = services.map(({ name, workflows, workflowMap, webService }) => {
    const mapped = [...(workflowMap?.workflows.values() ?? [])].flat();
    const names = [...new Set(workflowMap ? mapped : workflows)];
    const post = webService === undefined ? [] : [`POST /${webService}/prediction`];
    return `${name}: ${[...names, ...post].join(", ")}`;
  });
  const engineNames = engines.map(({ name }) => name).join(", ") || "none";
  const others = processes === undefined ? [] : [`processes: ${processes}`];
  return `ready on ${scheme}://${host}:${port} (${[...parts, `engines: ${engineNames}`, ...others].join("; ")})`;
}

import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { formatAddress, parseAddress } from "../cluster/naming/address.js";
import type { TransportProtocol } from "../transport/create-host-transport.js";

/** Whom to call, and how. */
export interface CallTarget {
  readonly protocol: TransportProtocol;
  /** As `createCluster` takes it. */
  readonly naming: string;
  /** Whether the text itself asks for TLS, or as `http://` for none; undefined when it leaves that open. */
  readonly isTls: boolean | undefined;
}

/** Schemes that say how to call the one server behind them. */
const callSchemes: Readonly<Record<string, Omit<CallTarget, "naming"> & { readonly port?: number }>> = {
  grpc: { protocol: "grpc", isTls: undefined },
  grpcs: { protocol: "grpc", isTls: true },
  baidu_std: { protocol: "baidu_std", isTls: undefined },
  http: { protocol: "http", isTls: false, port: 80 },
  https: { protocol: "http", isTls: true, port: 443 },
};

/**
 * Reads `grpc://`, `grpcs://`, `baidu_std://`, `http://` or `https://` with `host:port`, of which the last two may leave out
 * the port. All else, a plain `host:port` or the naming URLs `list://` and `file://`, says where servers are and not how
 * to call them, which is then by `protocol`.
 * @throws ServeError invalidArgument for a scheme with something else behind it.
 */
export function parseTarget(text: string, protocol: TransportProtocol = "grpc"): CallTarget {
  const [, scheme = "", location = ""] = /^(\w+):\/\/(.*?)\/?$/.exec(text) ?? [];
  const found = Object.hasOwn(callSchemes, scheme) ? callSchemes[scheme] : undefined;
  if (!found) return { protocol, naming: text, isTls: undefined };
  const { port, ...target } = found;
  const address = parseAddress(location, port);
  if (address) return { ...target, naming: formatAddress(address) };
  const wanted = port === undefined ? "host:port" : "host or host:port";
  throw new ServeError(
    Code.invalidArgument,
    `endpoint ${quoteValue(text)}: behind ${scheme}:// must be ${wanted}`,
  );
}

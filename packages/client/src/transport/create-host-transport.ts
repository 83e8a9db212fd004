import { BaiduStdTransport } from "./baidu-std/transport.js";
import { GrpcHostTransport } from "./grpc/transport.js";
import type { HostTransport } from "./host-transport.js";
import { HttpHostTransport } from "./http/transport.js";
import type { HostTransportOptions } from "./transport-options.js";

/**
 * How servers are called, by the names brpc has for it. `http` and `http:proto` are the same here: bodies are the bytes of
 * the message, which servers of either kind read; `grpc` is short for `h2:grpc`.
 */
export const protocols = ["baidu_std", "http", "http:proto", "h2:grpc", "grpc"] as const;
export type TransportProtocol = (typeof protocols)[number];

/**
 * The connections to one host, opened when they are needed.
 * @throws ServeError invalidArgument for an address, a connection type or a limit that is none.
 */
export function createHostTransport(
  protocol: TransportProtocol,
  options: HostTransportOptions,
): HostTransport {
  switch (protocol) {
    case "baidu_std":
      return new BaiduStdTransport(options);
    case "http":
    case "http:proto":
      return new HttpHostTransport(options);
    case "h2:grpc":
    case "grpc":
      return new GrpcHostTransport(options);
  }
}

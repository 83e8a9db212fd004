import type { HttpOptions } from "./http-options.js";
import type { ClientTlsOptions } from "./security/client-security.js";
import type { TargetOptions } from "./target/connect-target.js";
import type { CompressType } from "./transport/host-transport.js";

/** How a `Client` calls its servers. */
export interface ClientOptions
  extends Pick<TargetOptions, "loadBalancer" | "retry" | "hedge" | "observer" | "connectionType" | "limits"> {
  /** Time a call may take with its retries, in milliseconds; default 200000, as in Paddle Serving. */
  readonly timeoutMs?: number;
  /** How to call endpoints that do not say it, `host:port`, `list://` and `file://`; default `grpc`. */
  readonly protocol?: "grpc" | "http" | "baidu_std";
  /** Full name of the service, `package.Service`; default that of GeneralModelService. Whatever it is, it has its messages. */
  readonly service?: string;
  /** Sent with each call, for a gateway in front of the server say. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How requests are packed; default not at all: within a data centre it costs more than it saves. HTTP has gzip only, and a
   * say of its own, `http.compressRequest`.
   */
  readonly compressType?: CompressType;
  /** For endpoints that are called by HTTP. */
  readonly http?: HttpOptions;
  /** Speaks TLS to endpoints that do not say it, and says how to those that do. Default: plain, and as Node does. */
  readonly tls?: ClientTlsOptions;
  /** What the server wants of its callers, one of its token file. Without TLS it can be read on the way. */
  readonly token?: string;
}

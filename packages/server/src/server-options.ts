import type { ServerConf } from "@paddlewheel/conf";
import type { Logger, TraceSink } from "@paddlewheel/core";
import type { InferManagerOptions, LoadProgress } from "@paddlewheel/inference";
import type { AuthOptions } from "./auth/token-source.js";
import type { ServerLimits } from "./limits.js";
import type { AccessLog } from "./observe/access-log.js";
import type { PagesOptions } from "./pages/server-pages.js";
import type { ServerProcess } from "./processes/server-process.js";
import type { Registries } from "./registries.js";
import type { GrpcEngine } from "./rpc/grpc-host.js";
import type { TlsOptions } from "./tls/tls-options.js";

export interface ServerOptions extends PagesOptions {
  readonly conf: ServerConf;
  /** 0 takes any free port. A port in conf wins, as in Paddle Serving. Default 9393. */
  readonly port?: number;
  /** Address to bind; all of them by default. */
  readonly host?: string;
  readonly limits?: Partial<ServerLimits>;
  readonly registries?: Registries;
  readonly logger?: Logger;
  /** Where the one line of every answered call goes. Default: to `logger`. */
  readonly accessLog?: AccessLog;
  /** Worker threads of an engine that runs on the pool and whose conf gives no number; default one per core. */
  readonly threadNum?: number;
  /** Worker threads for Ops that declare `runsOn: "pool"`. Default one per core, at most 4; none without such an Op. */
  readonly opThreadNum?: number;
  /**
   * Whether a caller gets the trace of its own call when it sends `x-paddlewheel-trace: 1`. Default true: it tells names
   * of nodes and engines, and times, which `/metrics` and the method `debug` tell anybody as well.
   */
  readonly traceRequests?: boolean;
  /** Where traces of calls go; whoever brings it closes it, after `stop`. Default none. */
  readonly traceSink?: TraceSink;
  /** Milliseconds between two looks for new models, of engines whose conf does not say. Default 10 s. */
  readonly reloadIntervalMs?: number;
  /** Bytes of results that each engine keeps whose conf does not say; see docs/request-cache.md. Default 0, none. */
  readonly requestCacheSize?: number;
  /** What speaks gRPC. Default "native", our own; "grpc-js" is @grpc/grpc-js, at several times the CPU time per call. */
  readonly grpc?: GrpcEngine;
  /** Speaks TLS with these files. Default none: connections are plain. */
  readonly tls?: TlsOptions;
  /** Whose calls are taken; anybody's by default. What changes the server is never open, and off without this. */
  readonly auth?: AuthOptions;
  /**
   * Origins whose pages may call the services over HTTP from browsers, `https://shop.example`, or `*` for any. Default none.
   */
  readonly corsOrigins?: readonly string[];
  /** Where models are prepared, so that their copies share weights and load fast. Default: they are not. */
  readonly modelCache?: InferManagerOptions["modelCache"];
  /** Gives the keys of encrypted models, of engines without a `key_file`. */
  readonly modelKey?: InferManagerOptions["modelKey"];
  /** Which of several processes this is, when they serve on the same ports. */
  readonly process?: ServerProcess;
  /** Told of each step of a model's loading. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

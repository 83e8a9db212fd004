import type { ServerLimits } from "../limits.js";
import type { ServerFlag } from "./server-flag.js";

/** What each limit is, for the page of flags; units as in `ServerLimits`. */
const descriptions: Readonly<Record<keyof ServerLimits, string>> = {
  maxBodySize: "largest message or body in bytes, also after decompression",
  maxJsonSize: "largest JSON body in bytes",
  maxBodyChunks: "pieces one HTTP body may come in",
  maxConcurrency: "calls at work before new ones are refused; 0 is no limit",
  maxConnections: "open connections",
  maxConcurrentStreams: "concurrent requests on one HTTP/2 connection",
  firstByteTimeoutMs: "milliseconds for the first bytes of a connection",
  headersTimeoutMs: "milliseconds for the header of an HTTP/1.1 request",
  requestTimeoutMs: "milliseconds for a whole request to come",
  keepAliveTimeoutMs: "milliseconds after which an HTTP connection without a request is closed",
  defaultTimeoutMs: "deadline in milliseconds of a call that brings none; 0 is none",
  maxTimeoutMs: "longest deadline in milliseconds that a call may bring",
  drainTimeoutMs: "milliseconds a stopping server waits for calls at work",
};

/** The limits of a server as flags: `max_body_size` for `maxBodySize`. */
export function limitFlags(limits: ServerLimits): readonly ServerFlag[] {
  return Object.entries(descriptions).map(([key, description]) => ({
    name: key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    description,
    value: () => String(limits[key as keyof ServerLimits]),
  }));
}

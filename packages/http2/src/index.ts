export { type ClientLimits, defaultClientLimits } from "./client/client-limits.js";
export type { ClientRequest, ClientStream, ResponseReceiver, StreamReset } from "./client/client-request.js";
export { Http2Client, type Http2ClientOptions } from "./client/http2-client.js";
export type { SocketTarget } from "./client/open-socket.js";
export type { PeerError } from "./connection/connection-hooks.js";
export type { BodyReceiver, ServerStream, StreamHandler } from "./connection/stream-handler.js";
export type { DriverHooks } from "./driver/connection-driver.js";
export { type Flushable, FlushQueue } from "./driver/flush-queue.js";
export { Http2Server, type Http2ServerOptions } from "./driver/http2-server.js";
export { useSharedReadBuffer } from "./driver/shared-read-buffer.js";
export { ByteQueue } from "./frame/byte-queue.js";
export { ErrorCode, errorCodeName } from "./frame/error-code.js";
export { type HeaderField, headerFieldSize } from "./hpack/header-field.js";
export {
  defaultHttp2Limits,
  type Http2Limits,
  type LimitName,
  resolveHttp2Limits,
} from "./limits/http2-limits.js";

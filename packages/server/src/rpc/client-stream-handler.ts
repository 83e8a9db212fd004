import type { ClientIdentity } from "@paddlewheel/core";
import type { BodyReceiver, HeaderField, ServerStream, StreamHandler } from "@paddlewheel/http2";

/** Answers requests over HTTP/2, and is told who asks where that is known. */
export interface ClientStreamHandler extends StreamHandler {
  onHeaders(
    stream: ServerStream,
    fields: readonly HeaderField[],
    client?: ClientIdentity,
  ): BodyReceiver | undefined;
}

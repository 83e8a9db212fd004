import type { ClientStream, StreamReset } from "../client/client-request.js";
import type { Http2Client } from "../client/http2-client.js";
import type { HeaderField } from "../hpack/header-field.js";
import { requestHeaders, toFields } from "./test-peer.js";

export interface ClientAnswer {
  readonly status: string | undefined;
  readonly body: Buffer;
  readonly trailers: readonly HeaderField[];
}

/** What a call without a whole answer is rejected with. */
export class CallReset extends Error {
  readonly reset: StreamReset;

  constructor(reset: StreamReset) {
    super(`${reset.by}: ${reset.reason}`);
    this.reset = reset;
  }
}

/** One call as a promise; `onStream` gets the handle to take it back by. */
export function clientCall(
  client: Http2Client,
  body: Uint8Array,
  onStream?: (stream: ClientStream) => void,
): Promise<ClientAnswer> {
  return new Promise((resolve, reject) => {
    let status: string | undefined;
    const pieces: Uint8Array[] = [];
    const stream = client.request({
      fields: toFields(requestHeaders),
      body: body.length === 0 ? [] : [body],
      receiver: {
        onHeaders: (fields) => {
          status = fields[0]?.value;
        },
        onData: (piece) => pieces.push(piece.slice()),
        onEnd: (trailers) => resolve({ status, body: Buffer.concat(pieces), trailers }),
        onReset: (reset) => reject(new CallReset(reset)),
      },
    });
    onStream?.(stream);
  });
}

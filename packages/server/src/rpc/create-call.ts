import { Call, type Protocol } from "@paddlewheel/core";
import { parseLogId } from "./log-id.js";
import { cleanRequestId, nextRequestId } from "./request-id.js";

/** A call as a transport received it, its ids still as text. */
export interface ReceivedCall {
  readonly protocol: Protocol;
  readonly service: string;
  readonly method: string;
  /** The `log-id` and `x-request-id` that came with it, if any. */
  readonly logId: string | undefined;
  readonly requestId: string | undefined;
  readonly timeoutMs: number | undefined;
}

/** The neutral call of a received one: ids read or made. */
export function createCall({ logId, requestId, ...received }: ReceivedCall): Call {
  return new Call({
    ...received,
    logId: parseLogId(logId),
    requestId: cleanRequestId(requestId) ?? nextRequestId(),
  });
}

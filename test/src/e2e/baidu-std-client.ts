import { Code } from "@paddlewheel/core";
import { BaiduStdConnection } from "./baidu-std-connection.js";
import type { Reply, WireClient } from "./clients.js";
import { decodeResponse, encodeRequest, serviceName } from "./proto-messages.js";

/** Calls by baidu_std on one connection; it has no status beside the number. */
export function baiduStdClient(port: number): Pick<WireClient, "encode" | "close"> & {
  send(body: Buffer): Promise<Reply>;
} {
  const connection = new BaiduStdConnection(port);
  return {
    encode: encodeRequest,
    async send(body) {
      const answer = await connection.call({ serviceName, methodName: "inference" }, body);
      if (!answer) throw new Error("the connection ended before its answer");
      const { errorCode = Code.internal, errorText = "" } = answer.meta.response ?? {};
      const response = errorCode === Code.ok ? decodeResponse(Buffer.from(answer.payload)) : undefined;
      return { number: errorCode, status: errorCode, text: errorText, response };
    },
    close: () => connection.close(),
  };
}

import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What peers may have sent when they fall silent. */
export const halfSent: Readonly<Record<string, string>> = {
  nothing: "",
  "half an HTTP header": "POST /GeneralModelService/inference HTTP/1.1\r\nHost: x\r\nContent-Le",
  "half an HTTP body":
    "POST /GeneralModelService/inference HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
  "half an HTTP/2 preface": "PRI * HTTP/2.0\r\n\r\nS",
  "an HTTP/2 preface and no settings": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "an HTTP/2 preface and half a frame": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04",
  "half a baidu_std frame": "PRPC\0\0\0\x66\0\0\0\x5f\x0a\x4f",
};

/** A connection for each, over which nothing more will come. The peer never closes them by itself. */
export function openHalf(port: number): Promise<readonly Socket[]> {
  return Promise.all(
    Object.values(halfSent).map(async (bytes) => {
      const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      // The server may end it in any way it likes.
      socket.on("error", () => {}).resume();
      await once(socket, "connect");
      socket.write(Buffer.from(bytes, "latin1"));
      return socket;
    }),
  );
}

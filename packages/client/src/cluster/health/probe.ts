import { get } from "node:http";
import { connect } from "node:net";
import { parseAddress } from "../naming/address.js";

/** Resolves when a server is well again; rejects when it is not. Ends at once, with all it holds, when the signal aborts. */
export type Probe = (address: string, signal: AbortSignal) => Promise<void>;

/** A server that lets itself be connected to is well. */
export const probeByConnect: Probe = (address, signal) =>
  new Promise((resolve, reject) => {
    const { host, port } = partsOf(address);
    const socket = connect({ host, port, signal });
    socket.unref();
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
  });

/** A server that answers a GET of `path` with a status of 2xx is well. */
export function probeByGet(path: string): Probe {
  return (address, signal) =>
    new Promise((resolve, reject) => {
      const { host, port } = partsOf(address);
      const request = get({ host, port, path, signal, agent: false }, (response) => {
        const { statusCode = 0 } = response;
        request.destroy();
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(new Error(`${address}${path} answered with HTTP status ${statusCode}`));
      });
      request.on("socket", (socket) => socket.unref());
      request.on("error", reject);
    });
}

function partsOf(address: string): { host: string; port: number } {
  const parts = parseAddress(address);
  if (parts) return parts;
  throw new Error(`${address} is not host:port`);
}

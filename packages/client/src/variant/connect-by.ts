import { readFileSync } from "node:fs";
import type { ClientTlsConf, PredictorVariantConf } from "@paddlewheel/conf";
import { type Clock, Code, ServeError } from "@paddlewheel/core";
import { type ClientTlsOptions, resolveSecurity } from "../security/client-security.js";
import { createHostTransport } from "../transport/create-host-transport.js";
import type { HostTransport } from "../transport/host-transport.js";

/**
 * How to connect to the servers of a variant; its files are read once.
 * @throws ServeError invalidConf for a file that cannot be read.
 */
export function connectBy(
  { connection, rpc, tls, tokenFile }: PredictorVariantConf,
  clock: Clock | undefined,
): (address: string) => HostTransport {
  const token = tokenFile === undefined ? undefined : readText(tokenFile).trim();
  const security = resolveSecurity(tls && readTls(tls), token);
  const { connectTimeoutMs, maxConnectionPerHost: maxConnections, connectionType } = connection;
  const limits = { connectTimeoutMs, maxConnections };
  return (address) =>
    createHostTransport(rpc.protocol, {
      address,
      security,
      connectionType,
      limits,
      ...(clock ? { clock } : {}),
    });
}

function readTls({ caFile, certFile, keyFile, serverName, insecure }: ClientTlsConf): ClientTlsOptions {
  return {
    insecure,
    ...(caFile === undefined ? {} : { ca: readText(caFile) }),
    ...(certFile === undefined ? {} : { cert: readText(certFile) }),
    ...(keyFile === undefined ? {} : { key: readText(keyFile) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ServeError(Code.invalidConf, `${file} cannot be read`, { cause });
  }
}

import type { ConnectionOptions } from "node:tls";
import { Secret } from "@paddlewheel/core";

/** How a client speaks TLS; certificates and keys are the text of PEM files. */
export interface ClientTlsOptions {
  /** The authorities that may have signed the server's certificate. Default those that Node trusts. */
  readonly ca?: string | Uint8Array;
  /** A certificate to show to the server, with `key`. */
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** The name that the server's certificate must have. Default the endpoint's host. */
  readonly serverName?: string;
  /** Talks to any server, whoever it says it is: for trials only. Default false. */
  readonly insecure?: boolean;
}

/** What calls bring to be let in. */
export interface ClientSecurity {
  /** Undefined for plain connections. */
  readonly tls: ConnectionOptions | undefined;
  /** The value of the header `authorization`; undefined without a token. */
  readonly authorization: Secret | undefined;
  /** The bare token, as baidu_std has it; undefined without one. */
  readonly token: Secret | undefined;
}

/** Plain connections, and nothing to be let in by. */
export const noSecurity: ClientSecurity = { tls: undefined, authorization: undefined, token: undefined };

/** @param token of the server's token file; sent as `authorization: Bearer TOKEN` */
export function resolveSecurity(
  tls: ClientTlsOptions | undefined,
  token: string | undefined,
): ClientSecurity {
  const hasToken = token !== undefined;
  return {
    tls: tls && connectionOptions(tls),
    authorization: hasToken ? new Secret(`Bearer ${token}`) : undefined,
    token: hasToken ? new Secret(token) : undefined,
  };
}

function connectionOptions({ ca, cert, key, serverName, insecure }: ClientTlsOptions): ConnectionOptions {
  return {
    rejectUnauthorized: !insecure,
    ...(ca === undefined ? {} : { ca: asText(ca) }),
    ...(cert === undefined ? {} : { cert: asText(cert) }),
    ...(key === undefined ? {} : { key: asText(key) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/** PEM is text; Node takes no other bytes than Buffers. */
function asText(pem: string | Uint8Array): string {
  return typeof pem === "string" ? pem : Buffer.from(pem).toString();
}

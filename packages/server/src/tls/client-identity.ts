import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ClientIdentity } from "@paddlewheel/core";

const identities = new WeakMap<TLSSocket, ClientIdentity | undefined>();

/** Who is at the other end, by a certificate that is good; undefined without one. Read once for each connection. */
export function clientIdentityOf(socket: Socket): ClientIdentity | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  if (!identities.has(socket)) identities.set(socket, readIdentity(socket));
  return identities.get(socket);
}

/** A session that is resumed without a certificate counts as authorized, too. */
function readIdentity(socket: TLSSocket): ClientIdentity | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return undefined;
  const { subject, subjectAltName } = certificate;
  return { subject: subject.replaceAll("\n", ", "), altNames: subjectAltName };
}

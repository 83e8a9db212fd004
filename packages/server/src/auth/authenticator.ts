import { Code, type Secret, ServeError } from "@paddlewheel/core";

/** Decides who may call what, for every protocol alike. */
export interface Authenticator {
  /**
   * Why a call with this credential is refused: `unauthenticated` without a known one, `permissionDenied` with one that is
   * for something else; undefined when it may be made. Costs nothing worth saving when it is asked with the same Secret again.
   * @param scope full name of the service, or what is offered beside the services: see `Scope`
   * @param credential as the peer sent it; undefined when it sent none
   */
  refuse(scope: string, credential: Secret | undefined): ServeError | undefined;
}

/** What is not a service and still not for everybody. */
export const Scope = {
  /** The page of metrics. */
  metrics: "metrics",
  /** Every other page that is not open to all. */
  pages: "pages",
  /** gRPC reflection. */
  reflection: "reflection",
  /** What changes the server; never meant by a credential that does not name it. */
  admin: "admin",
} as const;

/** For servers without tokens: everything is for everybody, but what changes the server is for nobody. */
export const openToAll: Authenticator = {
  refuse(scope) {
    if (scope !== Scope.admin) return undefined;
    return new ServeError(
      Code.permissionDenied,
      "this needs a token for admin, and the server was started without tokens",
    );
  },
};

import {
  Code,
  type Counter,
  type Metrics,
  quoteValue,
  type Secret,
  ServeError,
  shortServiceName,
} from "@paddlewheel/core";
import { unknownMethod } from "../rpc/unknown-method.js";
import type { Authenticator } from "./authenticator.js";
import { allows, type TokenGrant, type TokenList } from "./token-list.js";

/** What is known of a credential, as long as the list is the same. */
interface Known {
  readonly list: TokenList;
  readonly grant: TokenGrant | undefined;
  /** Scopes found to be allowed; only names of hosted services get here. */
  readonly allowed: Set<string>;
}

/** Lets in who has a token of a list. A credential that comes again as the same object costs two look-ups. */
export class TokenAuthenticator implements Authenticator {
  #list: TokenList;
  readonly #known = new WeakMap<Secret, Known>();
  readonly #refused: Readonly<Record<"missing" | "unknown" | "scope", Counter>>;

  constructor(list: TokenList, metrics: Metrics) {
    this.#list = list;
    const counter = (reason: string): Counter =>
      metrics.counter({
        name: "paddlewheel_auth_refused_total",
        help: "Calls and pages refused for want of a token: none was sent, it is not known, or it is for something else.",
        labels: { reason },
      });
    this.#refused = { missing: counter("missing"), unknown: counter("unknown"), scope: counter("scope") };
  }

  /** From now on another list counts, also for credentials that were seen before. */
  replace(list: TokenList): void {
    this.#list = list;
  }

  refuse(scope: string, credential: Secret | undefined): ServeError | undefined {
    const known = credential && this.#knownOf(credential);
    if (known?.allowed.has(scope)) return undefined;
    if (this.#isAllowed(scope, known?.grant)) {
      known?.allowed.add(scope);
      return undefined;
    }
    return this.#refusal(scope, known);
  }

  #knownOf(credential: Secret): Known {
    const list = this.#list;
    const before = this.#known.get(credential);
    if (before?.list === list) return before;
    const known = { list, grant: list.find(tokenOf(credential)), allowed: new Set<string>() };
    this.#known.set(credential, known);
    return known;
  }

  #isAllowed(scope: string, grant: TokenGrant | undefined): boolean {
    // Whoever may call something learns that there is nothing here.
    if (grant && scope === unknownMethod.service) return true;
    const names = [scope, shortServiceName(scope)];
    const { ofAnyone } = this.#list;
    return (grant && allows(grant, ...names)) || (ofAnyone !== undefined && allows(ofAnyone, ...names));
  }

  #refusal(scope: string, known: Known | undefined): ServeError {
    if (known?.grant) {
      this.#refused.scope.increment();
      return new ServeError(Code.permissionDenied, `the token is not for ${quoteValue(scope)}`);
    }
    this.#refused[known ? "unknown" : "missing"].increment();
    return new ServeError(Code.unauthenticated, known ? "the token is not known here" : missing);
  }
}

const missing =
  "a token is needed: send it as authorization: Bearer TOKEN or x-api-key: TOKEN, or as authentication_data of baidu_std";

/** With or without the scheme: brpc's clients send the bare credential. Source: RFC 6750 §2.1. */
function tokenOf(credential: Secret): string {
  return credential.reveal().replace(/^bearer +/i, "");
}

import { createHash, createHmac, randomBytes } from "node:crypto";
import { Code, ServeError } from "@paddlewheel/core";
import { Scope } from "./authenticator.js";

/** What a line of a token file allows. */
export interface TokenGrant {
  /** In the file, from 1. */
  readonly line: number;
  /** SHA-256 of the token; undefined for callers without one. */
  readonly digest: Buffer | undefined;
  /** Full or short names of services and `Scope`s; `*` is everything but `admin`. */
  readonly scopes: ReadonlySet<string>;
}

/** Who may do what, as a token file says. */
export class TokenList {
  readonly grants: readonly TokenGrant[];
  /** What callers without a token may do, and so everybody. */
  readonly ofAnyone: TokenGrant | undefined;
  /** By their digests as only this list can work them out. */
  readonly #grants = new Map<string, TokenGrant>();
  readonly #key = randomBytes(32);

  constructor(grants: readonly TokenGrant[]) {
    this.grants = grants;
    this.ofAnyone = grants.find(({ digest }) => digest === undefined);
    for (const grant of grants) if (grant.digest) this.#grants.set(this.#blind(grant.digest), grant);
  }

  /**
   * What the holder of a token may do. Digests are compared after an HMAC with a key of this list: nobody can choose a
   * token for what that gives, so the time of the look-up tells nothing of any token, however many there are.
   */
  find(token: string): TokenGrant | undefined {
    return this.#grants.get(this.#blind(digestOf(token)));
  }

  #blind(digest: Buffer): string {
    return createHmac("sha256", this.#key).update(digest).digest("base64");
  }
}

/** Shorter tokens could be guessed, and a word of this file might be one. */
const minTokenLength = 16;
/** A file with more is not one of tokens; reading it again holds the event loop for about 10 µs each. */
const maxGrants = 10_000;

const anyone = "anyone";
const everything = "*";

/**
 * Reads lines of `token [scope,scope…] [# name]`: the token itself or `sha256:` and its digest in hex, or `anyone` for
 * callers without one; without scopes it is for everything but `admin`.
 * @param source begins the lines of the error
 * @throws ServeError invalidConf with a line for each fault, `tokens.txt:3: …`; it tells nothing of any token.
 */
export function parseTokenList(text: string, source: string): TokenList {
  const faults: string[] = [];
  const grants = new Map<string, TokenGrant>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.replace(/(^|\s)#.*$/, "").trim();
    if (words === "") continue;
    const grant = readGrant(words.split(/\s+/), index + 1);
    const before = typeof grant === "string" ? undefined : grants.get(keyOf(grant));
    if (typeof grant === "string") faults.push(`${source}:${index + 1}: ${grant}`);
    else if (before)
      faults.push(
        `${source}:${index + 1}: the token of line ${before.line} again: list all its scopes there`,
      );
    else grants.set(keyOf(grant), grant);
  }
  if (grants.size > maxGrants) faults.push(`${source}: ${grants.size} tokens, there can be ${maxGrants}`);
  if (grants.size === 0 && faults.length === 0)
    faults.push(`${source}: there is no token in it, and so nobody could call`);
  if (faults.length > 0) throw new ServeError(Code.invalidConf, faults.join("\n"));
  return new TokenList([...grants.values()]);
}

/** Whether `scopes` has a scope by its full or its short name. */
export function allows({ scopes }: TokenGrant, ...names: readonly string[]): boolean {
  if (names.some((name) => scopes.has(name))) return true;
  return scopes.has(everything) && !names.includes(Scope.admin);
}

/** The grant, or what is wrong with it. */
function readGrant([word = "", list, ...rest]: readonly string[], line: number): TokenGrant | string {
  if (rest.length > 0)
    return "more than a token and its scopes: separate scopes by commas only, and begin a name with #";
  const digest = readDigest(word);
  if (typeof digest === "string") return digest;
  if (word === anyone && list === undefined)
    return "anyone needs scopes: name what is for callers without a token";
  const scopes = new Set((list ?? everything).split(","));
  if (scopes.has("")) return "an empty scope: separate scopes by one comma";
  if (word === anyone && scopes.has(Scope.admin)) return "admin cannot be for anyone";
  return { line, digest, scopes };
}

/** The digest, or what is wrong with the token. */
function readDigest(word: string): Buffer | string | undefined {
  if (word === anyone) return undefined;
  const hex = /^sha256:(.*)$/i.exec(word)?.[1];
  if (hex !== undefined) {
    return /^[\da-f]{64}$/i.test(hex) ? Buffer.from(hex, "hex") : "sha256: must be followed by 64 hex digits";
  }
  if (word.length >= minTokenLength) return digestOf(word);
  return `a token of ${word.length} characters, it must have ${minTokenLength} or more`;
}

function keyOf({ digest }: TokenGrant): string {
  return digest?.toString("hex") ?? anyone;
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

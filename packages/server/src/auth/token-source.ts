import { readFileSync } from "node:fs";
import {
  type Clock,
  Code,
  type Logger,
  type Metrics,
  nearestNameHint,
  type Secret,
  ServeError,
} from "@paddlewheel/core";
import { FileWatch } from "../reload/file-watch.js";
import { type Authenticator, Scope } from "./authenticator.js";
import { TokenAuthenticator } from "./token-authenticator.js";
import { parseTokenList, type TokenList } from "./token-list.js";

/** Where tokens are; one of the two. */
export interface AuthOptions {
  /** A file of lines `token [scope,scope…] [# name]`; read again when it changes. */
  readonly tokenFile?: string;
  /** The text of such a file, from a variable of the environment say; lines may also end with `;`. */
  readonly tokens?: Secret;
}

export interface TokenSourceOptions extends AuthOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The tokens of a server: read at the start, and again whenever their file changes. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #authenticator: TokenAuthenticator;
  readonly #watch: FileWatch | undefined;
  #list: TokenList;
  #services: readonly string[] = [];

  /** @throws ServeError invalidConf with every fault; it tells nothing of any token. */
  constructor(options: TokenSourceOptions) {
    const { tokenFile, clock, metrics } = options;
    this.#options = options;
    this.#watch =
      tokenFile === undefined
        ? undefined
        : new FileWatch({ files: [tokenFile], clock, onChange: () => this.#reload() });
    this.#list = readTokens(options);
    this.#authenticator = new TokenAuthenticator(this.#list, metrics);
  }

  get authenticator(): Authenticator {
    return this.#authenticator;
  }

  /** @param services full and short names of what is hosted: whatever else tokens are for is warned of. */
  start(services: readonly string[]): void {
    this.#services = services;
    this.#warn();
    this.#watch?.start();
  }

  close(): void {
    this.#watch?.close();
  }

  #reload(): void {
    const { logger, tokenFile } = this.#options;
    try {
      this.#list = readTokens(this.#options);
    } catch (error) {
      logger.error({ err: error, tokenFile }, "the tokens stay as they were: their file has faults");
      return;
    }
    this.#authenticator.replace(this.#list);
    logger.info({ tokenFile, count: this.#list.grants.length }, "tokens were read again");
    this.#warn();
  }

  #warn(): void {
    const { logger, tokenFile } = this.#options;
    for (const warning of unknownScopes(this.#list, this.#services)) logger.warn({ tokenFile }, warning);
  }
}

function readTokens({ tokenFile, tokens }: AuthOptions): TokenList {
  if (tokenFile === undefined) return parseTokenList(tokens?.reveal().replaceAll(";", "\n") ?? "", "tokens");
  try {
    return parseTokenList(readFileSync(tokenFile, "utf8"), tokenFile);
  } catch (error) {
    if (error instanceof ServeError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read: ${code}`;
    throw new ServeError(Code.invalidConf, `${tokenFile}: ${reason}`, { cause: error });
  }
}

function unknownScopes({ grants }: TokenList, services: readonly string[]): readonly string[] {
  const known = new Set(["*", ...Object.values(Scope), ...services]);
  return grants.flatMap(({ line, scopes }) =>
    [...scopes]
      .filter((scope) => !known.has(scope))
      .map((scope) => `line ${line}: there is no service named "${scope}"${nearestNameHint(scope, known)}`),
  );
}

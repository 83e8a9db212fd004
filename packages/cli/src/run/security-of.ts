import { Secret } from "@paddlewheel/core";
import type { AuthOptions, TlsOptions } from "@paddlewheel/server";
import type { FlagValues } from "../flags/flag-values.js";
import { given } from "../flags/given.js";
import { UsageError } from "../usage-error.js";

/** Who may connect and call, as flags and environment say. */
export interface SecurityOptions {
  readonly auth?: AuthOptions;
  readonly tls?: TlsOptions;
  readonly corsOrigins?: readonly string[];
}

const tokensVariable = "PADDLEWHEEL_AUTH_TOKENS";

/**
 * Takes tokens out of the environment, so that Ops, their threads and programs they start do not find them there.
 * @throws UsageError when a flag needs another.
 */
export function securityOf(values: FlagValues, env: NodeJS.ProcessEnv = process.env): SecurityOptions {
  const tokens = env[tokensVariable];
  delete env[tokensVariable];
  return given({
    auth: authOf(values.text("auth_token_file"), tokens),
    tls: tlsOf(values),
    corsOrigins: values.texts("cors_origin"),
  });
}

function authOf(tokenFile: string | undefined, tokens: string | undefined): AuthOptions | undefined {
  if (tokenFile !== undefined) return { tokenFile };
  // An empty one is no wish to be open: the server says that nobody could call.
  return tokens === undefined ? undefined : { tokens: new Secret(tokens) };
}

function tlsOf(values: FlagValues): TlsOptions | undefined {
  const [certFile, keyFile] = [values.text("tls_cert"), values.text("tls_key")];
  if (certFile === undefined || keyFile === undefined) {
    for (const name of ["cert", "key", "ca", "client_auth", "min_version", "optional"]) {
      if (values.has(`tls_${name}`)) throw new UsageError(`--tls_${name} needs --tls_cert and --tls_key`);
    }
    return undefined;
  }
  if (values.has("tls_client_auth") && !values.has("tls_ca"))
    throw new UsageError("--tls_client_auth needs --tls_ca");
  return {
    certFile,
    keyFile,
    isOptional: values.bool("tls_optional"),
    ...given({
      caFile: values.text("tls_ca"),
      // Each one of the flag's choices.
      clientAuth: values.text("tls_client_auth") as "require" | "request" | undefined,
      minVersion: values.text("tls_min_version") as "1.2" | "1.3" | undefined,
    }),
  };
}

import { readFileSync } from "node:fs";
import {
  type CallRequest,
  type ConnectedTarget,
  connectTarget,
  parseTarget,
  type TargetOptions,
  type TransportProtocol,
} from "@paddlewheel/client";
import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";
import type { ServiceMessage } from "./service-message.js";

/** A server to call, and what to call it with. */
export interface OpenedTarget {
  readonly target: ConnectedTarget;
  readonly request: CallRequest;
}

export interface OpenOptions extends TargetOptions {
  readonly message: ServiceMessage;
}

/**
 * Reads the flags of a command that calls a server, and waits until the servers of HOST are known.
 * @throws UsageError for a flag that is wrong; ServeError for a HOST that is none, or that no servers are known of.
 */
export async function openTarget(
  host: string,
  values: FlagValues,
  { message: { service, method, message }, ...options }: OpenOptions,
): Promise<OpenedTarget> {
  const request = {
    service,
    method,
    message,
    timeoutMs: values.int("timeout_ms") ?? 10_000,
    logId: BigInt(values.int("log_id") ?? 0),
    headers: new Map((values.texts("header") ?? []).map(parseHeader)),
  };
  const given = parseTarget(host, values.text("protocol") as TransportProtocol | undefined);
  const target = connectTarget(given, { ...securityOf(values), ...options });
  try {
    await target.ready();
  } catch (thrown) {
    target.close();
    throw thrown;
  }
  return { target, request };
}

function securityOf(values: FlagValues): Pick<TargetOptions, "tls" | "token"> {
  const ca = values.text("tls_ca");
  const tokenFile = values.text("token_file");
  const tls = ca !== undefined ? { ca: readFileSync(ca) } : values.bool("tls") ? {} : undefined;
  return { tls, token: tokenFile === undefined ? undefined : readToken(tokenFile) };
}

function readToken(file: string): string {
  const lines = readFileSync(file, "utf8").split("\n");
  const words = lines.flatMap((line) => line.replace(/#.*/, "").trim().split(/\s+/));
  const token = words.find((word) => word !== "");
  if (token === undefined) throw new UsageError(`--token_file: there is no token in ${file}`);
  return token;
}

function parseHeader(text: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)=([^\r\n\0]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
  throw new UsageError(`--header ${JSON.stringify(text)}: must be NAME=VALUE`);
}

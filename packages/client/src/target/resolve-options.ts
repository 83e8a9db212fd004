import { generalModelServiceName } from "@paddlewheel/wire";
import type { ClientOptions } from "../client-options.js";
import { CompressType } from "../transport/host-transport.js";
import type { TargetOptions } from "./connect-target.js";
import type { ServiceCall } from "./general-model-transport.js";
import type { CallTarget } from "./parse-target.js";

/** Compat: the path of Paddle Serving's HttpClient. */
const defaultServicePath = "/GeneralModelService/inference";

/** How the servers of a target are called by a client with these options. */
export function resolveTargetOptions({ protocol, isTls }: CallTarget, options: ClientOptions): TargetOptions {
  if (protocol !== "http") return options;
  const { service, http: { servicePath, format, compressResponse } = {}, tls, ...others } = options;
  const defaultPath = service === undefined ? defaultServicePath : undefined;
  return {
    ...others,
    // `http://` is plain, also beside endpoints that are not.
    tls: isTls === false ? undefined : tls,
    http: { servicePath: servicePath ?? defaultPath, format, compressResponse },
  };
}

/** What all calls have to the servers of a target. */
export function resolveServiceCall({ protocol }: CallTarget, options: ClientOptions): ServiceCall {
  const { service = generalModelServiceName, compressType = CompressType.none, headers } = options;
  const http = protocol === "http" ? options.http : undefined;
  return {
    service,
    compressType: http?.compressRequest === undefined ? compressType : gzipWhen(http.compressRequest),
    headers: lowerCaseNames({ ...headers }, { ...http?.headers }),
    format: http?.format ?? "proto",
  };
}

function gzipWhen(isPacked: boolean): CompressType {
  return isPacked ? CompressType.gzip : CompressType.none;
}

/** Of headers of one name the last counts. */
function lowerCaseNames(
  ...headers: readonly Readonly<Record<string, string>>[]
): ReadonlyMap<string, string> {
  const entries = headers.flatMap((some) => Object.entries(some));
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

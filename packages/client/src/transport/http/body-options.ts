import { Code, quoteValue, ServeError } from "@paddlewheel/core/message";

/** How messages go over HTTP; whoever calls encodes and decodes them so. */
export interface HttpBodyOptions {
  /** Path, maybe with a query, that all requests go to. Default `/{service}/{method}` of each call. */
  readonly servicePath?: string | undefined;
  /** What the bytes of requests and answers are. Default `proto`. */
  readonly format?: HttpFormat | undefined;
  /** Whether answers may be packed with gzip. Default when the call's request may be. */
  readonly compressResponse?: boolean | undefined;
}

export type HttpFormat = "proto" | "json";

export const contentTypes: Readonly<Record<HttpFormat, string>> = {
  proto: "application/proto",
  json: "application/json",
};

/** @throws ServeError invalidArgument for a path that does not begin with a slash, or has what no path may have. */
export function checkServicePath(path: string | undefined): void {
  if (path === undefined || /^\/[!-~]*$/.test(path)) return;
  const message = `servicePath ${quoteValue(path)}: must begin with / and have no blanks nor letters beyond ASCII`;
  throw new ServeError(Code.invalidArgument, message);
}

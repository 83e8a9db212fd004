import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { Scope } from "../auth/authenticator.js";
import type { PageRequest } from "../http/page.js";
import type { PageView } from "./page-view.js";
import { type ServerFlag, shownValue } from "./server-flag.js";

export interface FlagsPageOptions {
  readonly flags: readonly ServerFlag[];
  /** Whether flags may be changed, by those who have a credential for it. */
  readonly areReloadable: boolean;
  /** Without an authenticator nobody has a credential. */
  readonly hasAuthenticator: boolean;
  /** Told of each change. */
  readonly onChange: (flag: ServerFlag) => void;
}

/**
 * `/flags` and `/flags/NAME`: what is set, `(R)` behind what can be changed; `POST /flags/NAME?setvalue=V` changes it.
 * @throws ServeError notFound, permissionDenied, unauthenticated, invalidArgument
 */
export function flagsPage(options: FlagsPageOptions, request: PageRequest): PageView {
  const { flags, areReloadable } = options;
  const { rest: name, query } = request;
  const shown = name === "" ? flags : [findFlag(flags, name)];
  const value = query.get("setvalue");
  if (value !== null) return [{ kind: "text", text: setFlag(options, request, value) }];
  const rows = shown.map((flag) => [
    { text: flag.name, href: `/flags/${encodeURIComponent(flag.name)}` },
    shownValue(flag) + (flag.set && areReloadable ? " (R)" : ""),
    flag.description,
  ]);
  return [{ kind: "table", columns: ["Name", "Value", "Description"], rows }];
}

function setFlag(options: FlagsPageOptions, request: PageRequest, value: string): string {
  checkChange(options, request);
  const flag = findFlag(options.flags, request.rest);
  if (!flag.set) throw denied(`${flag.name} cannot be changed while the server runs`);
  flag.set(value);
  options.onChange(flag);
  return `${flag.name} is ${shownValue(flag)} now`;
}

/**
 * Whoever changes a flag shows a credential for `admin`, on the internal port too: a link, an image or a form of any site
 * makes a browser send requests to wherever it likes, but not with that header. And a GET changes nothing, as caches,
 * crawlers and previews send those. Compat: brpc takes a GET of anybody.
 */
function checkChange({ areReloadable, hasAuthenticator }: FlagsPageOptions, request: PageRequest): void {
  if (!areReloadable)
    throw denied("flags cannot be changed: the server was not started with --reloadable_flags");
  if (!hasAuthenticator)
    throw denied("flags cannot be changed: the server knows no tokens, and it takes one for admin");
  if (request.method !== "POST") throw denied("a flag is changed by POST");
  const refusal = request.refuse(Scope.admin);
  if (refusal) throw refusal;
}

function findFlag(flags: readonly ServerFlag[], name: string): ServerFlag {
  const flag = flags.find((one) => one.name === name);
  if (!flag) throw new ServeError(Code.notFound, `there is no flag ${quoteValue(name)}`);
  return flag;
}

function denied(message: string): ServeError {
  return new ServeError(Code.permissionDenied, message);
}

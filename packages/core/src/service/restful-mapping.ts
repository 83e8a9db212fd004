import { Code } from "../code.js";
import { quoteValue } from "../quote-value.js";
import { ServeError } from "../serve-error.js";

/** A path that reaches a method of a service over HTTP. Source: brpc's restful mappings. */
export interface RestfulMapping {
  /**
   * `/v1/predict/*`: segments with single slashes between them and none at the end. One of them, not the first, may be
   * `*`, which stands for any number of segments, also none.
   */
  readonly path: string;
  /** Name of a method of the service. */
  readonly method: string;
}

/** The paths of a service beside `/{service}/{method}`. */
export interface RestfulPaths {
  readonly mappings: readonly RestfulMapping[];
  /** Whether `/{service}/{method}` reaches the service too. */
  readonly allowDefaultUrl: boolean;
}

/** Segments of a path in a mapping; each costs a step of every lookup. */
const maxSegments = 16;

/** What may stand in a path unescaped. Source: RFC 3986 §3.3. */
const segmentText = /^[\w\-.~!$&'()+;=:@]+$/;

/**
 * Reads `PATH => METHOD`. Slashes at the ends of the path and doubled ones count for nothing, as in brpc.
 * @throws ServeError invalidConf whose message begins with `must` and quotes what is wrong.
 */
export function parseRestfulMapping(text: string): RestfulMapping {
  const [, path, method] = /^([^=]*(?:=(?!>)[^=]*)*)=>([^=]*)$/.exec(text) ?? [];
  if (path === undefined || method === undefined) {
    throw invalid(`must be "PATH => METHOD", "/v1/predict/* => inference" say, not ${quoteValue(text)}`);
  }
  const segments = splitPath(path.trim());
  const wrong = segments.find((segment) => segment !== "*" && !segmentText.test(segment));
  if (wrong !== undefined) throw invalid(whyNotSegment(wrong));
  if (segments.length === 0 || segments[0] === "*") {
    throw invalid(`must have a path that begins with a fixed segment, not ${quoteValue(path.trim())}`);
  }
  if (segments.filter((segment) => segment === "*").length > 1) {
    throw invalid(`must have one "*" at most, not ${quoteValue(path.trim())}`);
  }
  if (segments.length > maxSegments) {
    throw invalid(`must have at most ${maxSegments} segments, not ${segments.length}`);
  }
  if (!/^[A-Za-z_]\w*$/.test(method.trim())) {
    throw invalid(`must name one method after "=>", not ${quoteValue(method.trim())}`);
  }
  return { path: `/${segments.join("/")}`, method: method.trim() };
}

/** The segments of a path; empty ones do not count. */
export function splitPath(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function whyNotSegment(segment: string): string {
  return segment.includes("*")
    ? `must have "*" as a whole segment, not ${quoteValue(segment)}`
    : `must have a path of letters, digits and -._~!$&'()+;=:@, not ${quoteValue(segment)}`;
}

function invalid(message: string): ServeError {
  return new ServeError(Code.invalidConf, message);
}

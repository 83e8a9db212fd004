import { Code } from "../code.js";
import { quoteValue } from "../quote-value.js";
import { ServeError } from "../serve-error.js";

/**
 * Names versions in the headers of a request and of its answer, whatever the transport:
 * `canary` of every engine, `uci=3` of one, `stable, uci=3` of one and of all others.
 */
export const modelVersionHeader = "x-model-version";

/** Longest value that is read; nobody names more engines than a workflow has. */
const maxRequestLength = 1024;

const versionPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** The versions or labels that a request asks for. */
export class VersionRequest {
  readonly #byEngine = new Map<string, string>();
  #ofOthers: string | undefined;

  /** Of one engine; undefined when the request leaves it open. */
  of(engine: string): string | undefined {
    return this.#byEngine.get(engine) ?? this.#ofOthers;
  }

  /** @throws ServeError invalidArgument for text that names no versions. */
  static parse(text: string): VersionRequest {
    const request = new VersionRequest();
    const items = text.length > maxRequestLength ? [""] : text.split(",");
    for (const item of items) request.#add(item.trim(), text);
    return request;
  }

  #add(item: string, text: string): void {
    const cut = item.indexOf("=");
    const version = item.slice(cut + 1);
    if (!versionPattern.test(version)) throw refusal(text);
    if (cut < 0) this.#ofOthers = version;
    else this.#byEngine.set(engineOf(item.slice(0, cut), text), version);
  }
}

/** A version that has answered, as the header of the answer names it: `uci=3`, or `uci=0@5f1c2a9e` with a revision. */
export function formatModelVersion(engine: string, version: string, revision?: string): string {
  const whole = revision === undefined ? version : `${version}@${encodeURIComponent(revision)}`;
  return `${encodeURIComponent(engine)}=${whole}`;
}

/** Names with commas, blanks or letters beyond ASCII are percent-encoded: a header has no place for them. */
function engineOf(encoded: string, text: string): string {
  try {
    const engine = decodeURIComponent(encoded);
    if (engine !== "") return engine;
  } catch {
    // Broken percent-encoding is refused below.
  }
  throw refusal(text);
}

function refusal(text: string): ServeError {
  return new ServeError(
    Code.invalidArgument,
    `${modelVersionHeader}: must be a version or label, or ENGINE=VERSION for each engine, say "canary" or ` +
      `"uci=3, ocr=stable", at most ${maxRequestLength} characters, not ${quoteValue(text)}`,
  );
}

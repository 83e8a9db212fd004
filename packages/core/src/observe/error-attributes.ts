import { codeName } from "../code.js";
import type { ServeError } from "../serve-error.js";
import type { SpanAttributes } from "./call-trace.js";

/** How a span that ended says whether it failed: by the name of the error's code. */
export function errorAttributes(error: ServeError | undefined): SpanAttributes {
  return error ? { error: codeName(error.code) ?? String(error.code) } : {};
}

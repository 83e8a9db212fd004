import { Code, ServeError } from "@paddlewheel/core";
import type { HttpRouter } from "../http/router.js";
import type { BuiltinPage } from "./builtin-pages.js";

/** Which pages a server has: all, those of health and metrics, or those of health. */
export type PageSet = "all" | "metrics" | "health";

const metricsPaths: ReadonlySet<string> = new Set(["/metrics", "/brpc_metrics"]);

/** The pages beside health that a server is to have. */
export function selectPages(pages: readonly BuiltinPage[], set: PageSet): readonly BuiltinPage[] {
  if (set === "all") return pages;
  return set === "metrics" ? pages.filter(({ path }) => metricsPaths.has(path)) : [];
}

export function addPages(router: HttpRouter, pages: readonly BuiltinPage[]): void {
  for (const { path, page, options } of pages) router.addPage(path, page, options);
}

/** The pages on a port that only some reach: who may see them is settled by that. */
export function withoutScope(pages: readonly BuiltinPage[]): readonly BuiltinPage[] {
  return pages.map(({ options: { scope: _, ...options }, ...page }) => ({ ...page, options }));
}

/** What stands in their place on the port of the services. */
export function refused(pages: readonly BuiltinPage[]): readonly BuiltinPage[] {
  const page = (): never => {
    throw new ServeError(Code.permissionDenied, "this page is on the internal port of the server only");
  };
  return withoutScope(pages).map((one) => ({ ...one, page }));
}

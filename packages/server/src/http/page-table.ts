import { Code, ServeError } from "@paddlewheel/core";
import type { Page, PageOptions } from "./page.js";

/** A page and how it may be asked for. */
export interface HostedPage extends PageOptions {
  readonly page: Page;
}

/** A page as a path led to it. */
export interface FoundPage extends HostedPage {
  /** What stands below its own path, as it was sent. */
  readonly rest: string;
}

/** The pages of a router, by path. */
export class PageTable {
  readonly #pages = new Map<string, HostedPage>();

  /** @param path of one part when the page answers for what is below it too. */
  add(path: string, page: HostedPage): void {
    this.#pages.set(path, page);
  }

  /** The page that answers such a request; undefined when it is for a service, or for nobody. */
  find(method: string, path: string): FoundPage | undefined {
    const found = this.#at(path);
    const isRead = method === "GET" || method === "HEAD";
    return found && (isRead || found.methods?.includes(method)) ? found : undefined;
  }

  #at(path: string): FoundPage | undefined {
    const exact = this.#pages.get(path);
    if (exact) return { ...exact, rest: "" };
    const end = path.indexOf("/", 1);
    const above = end === -1 ? undefined : this.#pages.get(path.slice(0, end));
    return above?.hasRest ? { ...above, rest: path.slice(end + 1) } : undefined;
  }
}

/** @throws ServeError invalidArgument */
export function decodeRest(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch (cause) {
    throw new ServeError(Code.invalidArgument, "the path is not percent-encoded UTF-8", { cause });
  }
}

import type { ServeError } from "@paddlewheel/core";

/** A request for a page. */
export interface PageRequest {
  readonly method: string;
  /** What stands below the page's own path, decoded: `a;b` of `/vars/a;b`. Empty when nothing does. */
  readonly rest: string;
  readonly query: URLSearchParams;
  /** By its lower-case name. */
  header(name: string): string | undefined;
  /** Why whoever asks may not have what is in this scope; see `Authenticator`. */
  refuse(scope: string): ServeError | undefined;
}

export interface PageContent {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Further headers, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page beside the services, `/health` say. A ServeError that it throws is answered as a call's would be. */
export type Page = (request: PageRequest) => PageContent | Promise<PageContent>;

export interface PageOptions {
  /** What a credential must be for to see it; without one the page is for all. */
  readonly scope?: string;
  /** Whether it answers for what is below its path too. Default false. */
  readonly hasRest?: boolean;
  /** Methods beside GET and HEAD. */
  readonly methods?: readonly string[];
}

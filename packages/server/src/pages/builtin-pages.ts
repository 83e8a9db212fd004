import { Scope } from "../auth/authenticator.js";
import type { Page, PageContent, PageOptions, PageRequest } from "../http/page.js";
import type { PromMetrics } from "../observe/prom-metrics.js";
import { brpcMetrics } from "./brpc-metrics.js";
import { connectionsPage } from "./connections-page.js";
import { type FlagsPageOptions, flagsPage } from "./flags-page.js";
import { type IndexEntry, indexPage } from "./index-page.js";
import { serviceList } from "./list-page.js";
import { htmlHeaders } from "./page-style.js";
import type { PageView } from "./page-view.js";
import { protobufsPage } from "./protobufs-page.js";
import { renderHtml } from "./render-html.js";
import { renderText } from "./render-text.js";
import type { ServerView } from "./server-view.js";
import { statusPage } from "./status-page.js";
import { varsPage } from "./vars-page.js";

export interface BuiltinPagesOptions {
  readonly server: ServerView;
  /** Prometheus's text, as `/metrics` shows it. */
  readonly metrics: Pick<PromMetrics, "text" | "contentType">;
  readonly flags: FlagsPageOptions;
}

export interface BuiltinPage {
  readonly path: string;
  readonly page: Page;
  readonly options: PageOptions;
}

/** The pages that tell who they are, for the index and the tabs; health and `/metrics` are pages of their own. */
const entries: readonly IndexEntry[] = [
  { path: "/status", description: "what the server and each method does" },
  { path: "/vars", description: "every number by name; /vars/GLOB;GLOB some of them" },
  { path: "/flags", description: "every setting; /flags/NAME one of them" },
  { path: "/connections", description: "who is connected" },
  { path: "/list", description: "services and methods, as JSON" },
  { path: "/protobufs", description: "messages of the services; /protobufs/NAME one of them" },
  { path: "/version", description: "of the server" },
  { path: "/health", description: "OK; also /health/live and /health/ready" },
  { path: "/metrics", description: "metrics for Prometheus" },
  { path: "/brpc_metrics", description: "metrics for Prometheus, in brpc's names" },
];
const tabs: readonly string[] = ["/", ...entries.map(({ path }) => path)];

/** What a server shows beside health: brpc's pages, and `/metrics`; as text for a terminal and as HTML for a browser. */
export function builtinPages({ server, metrics, flags }: BuiltinPagesOptions): readonly BuiltinPage[] {
  const page = viewPageOf(server);
  const index = page("/", () => indexPage(server.version, entries));
  return [
    index,
    { ...index, path: "/index" },
    page("/status", () => statusPage(server)),
    page("/vars", ({ rest }) => varsPage(server, rest), { hasRest: true }),
    page("/flags", (request) => flagsPage(flags, request), { hasRest: true, methods: ["POST"] }),
    page("/connections", () => connectionsPage(server)),
    page("/protobufs", ({ rest }) => protobufsPage(server.directory, rest), { hasRest: true }),
    page("/version", () => [{ kind: "text", text: server.version }]),
    {
      path: "/list",
      page: () => ok("application/json", serviceList(server.directory)),
      options: { scope: Scope.pages },
    },
    {
      path: "/metrics",
      page: async () => ok(metrics.contentType, await metrics.text()),
      options: { scope: Scope.metrics },
    },
    {
      path: "/brpc_metrics",
      page: () => ok("text/plain; version=0.0.4; charset=utf-8", brpcMetrics(server)),
      options: { scope: Scope.metrics },
    },
  ];
}

function viewPageOf({ version }: ServerView) {
  return (
    path: string,
    view: (request: PageRequest) => PageView,
    options: Omit<PageOptions, "scope"> = {},
  ): BuiltinPage => ({
    path,
    options: { ...options, scope: Scope.pages },
    page: (request) => {
      const shown = view(request);
      if (!wantsHtml(request)) return ok("text/plain; charset=utf-8", renderText(shown));
      const content = ok("text/html; charset=utf-8", renderHtml(shown, { title: version, path, tabs }));
      return { ...content, headers: { ...content.headers, ...htmlHeaders } };
    },
  });
}

/** As brpc decides it. */
function wantsHtml({ query, header }: PageRequest): boolean {
  const isConsole = query.get("console");
  if (isConsole !== null) return isConsole === "0";
  const agent = header("user-agent") ?? "";
  return agent !== "" && !agent.includes("curl/");
}

function ok(contentType: string, body: string): PageContent {
  const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
  return { status: 200, contentType, body, headers };
}

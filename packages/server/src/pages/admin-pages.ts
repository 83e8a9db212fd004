import { Code, ServeError } from "@paddlewheel/core";
import type { EngineStatus } from "@paddlewheel/inference";
import { Scope } from "../auth/authenticator.js";
import type { PageContent, PageRequest } from "../http/page.js";
import type { BuiltinPage } from "./builtin-pages.js";

/** What operators may do with models. */
export interface ModelAdmin {
  states(): readonly EngineStatus[];
  /** See `LocalInferManager`. */
  reload(engine: string): Promise<EngineStatus>;
  setLabel(engine: string, label: string, version: string): EngineStatus;
}

/**
 * `GET /admin/models`, `POST /admin/reload?model=NAME` and `POST /admin/label?model=NAME&label=stable&version=3`, for who
 * has a token for `admin`; nobody else, also where a server has no tokens.
 */
export function adminPages(admin: ModelAdmin): readonly BuiltinPage[] {
  return [
    { path: "/admin/models", page: () => answer(admin.states()), options: { scope: Scope.admin } },
    change("/admin/reload", async ({ query }) => [await reload(admin, required(query, "model"))]),
    change("/admin/label", ({ query }) => [
      admin.setLabel(required(query, "model"), required(query, "label"), required(query, "version")),
    ]),
  ];
}

type Change = (request: PageRequest) => readonly EngineStatus[] | Promise<readonly EngineStatus[]>;

/** Something that is only done when it is posted: links and previews get. */
function change(path: string, make: Change): BuiltinPage {
  return {
    path,
    page: async (request) => {
      if (request.method === "POST") return answer(await make(request));
      const headers = { allow: "POST" };
      return { status: 405, contentType: "text/plain", body: `${path} takes POST only\n`, headers };
    },
    options: { scope: Scope.admin, methods: ["POST"] },
  };
}

async function reload(admin: ModelAdmin, model: string): Promise<EngineStatus> {
  const status = await admin.reload(model);
  const reasons = status.versions.flatMap(({ version, failure }) =>
    failure === undefined ? [] : [`version ${version}: ${failure}`],
  );
  if (reasons.length === 0) return status;
  throw new ServeError(Code.modelLoadFailure, `engine "${model}": ${reasons.join("; ")}`);
}

function answer(engines: readonly EngineStatus[]): PageContent {
  const shown = engines.map(({ name, version, revision, isReady, versions }) => ({
    name,
    version,
    revision,
    isReady,
    versions,
  }));
  return { status: 200, contentType: "application/json", body: JSON.stringify({ engines: shown }) };
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value) return value;
  throw new ServeError(Code.invalidArgument, `the query must say ${name}=…`);
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import type { EngineStatus } from "@paddlewheel/inference";
import { Scope } from "../auth/authenticator.js";
import type { PageContent } from "../http/page.js";
import { adminPages, type ModelAdmin } from "./admin-pages.js";

function statusOf(failure?: string): EngineStatus {
  const version = { version: "3", revision: undefined, phase: "ready", labels: [], isDefault: true, failure };
  const engine = { name: "uci", version: "3", revision: undefined, isReady: true, versions: [version] };
  return engine as unknown as EngineStatus;
}

function createPages(failure?: string) {
  const asked: string[] = [];
  const admin: ModelAdmin = {
    states: () => [statusOf()],
    reload: async (engine) => {
      asked.push(engine);
      return statusOf(failure);
    },
    setLabel: (...label) => {
      asked.push(label.join());
      return statusOf();
    },
  };
  const pages = adminPages(admin);
  const ask = async (path: string, method = "POST"): Promise<PageContent> => {
    const { pathname, search } = new URL(path, "http://localhost");
    const found = pages.find((page) => page.path === pathname);
    assert.ok(found);
    const query = new URLSearchParams(search);
    return found.page({ method, rest: "", query, header: () => undefined, refuse: () => undefined });
  };
  return { pages, ask, asked };
}

test("pages that change models are for admin, and so is the list of them", () => {
  const { pages } = createPages();
  assert.deepEqual(new Set(pages.map(({ options }) => options.scope)), new Set([Scope.admin]));
});

test("a reload answers with the versions, and fails with the reason of each that does", async () => {
  const { ask, asked } = createPages();
  const { status, body } = await ask("/admin/reload?model=uci");
  assert.equal(status, 200);
  assert.equal(JSON.parse(body).engines[0].versions[0].phase, "ready");
  assert.deepEqual(asked, ["uci"]);
  await assert.rejects(
    createPages("golden/one.json: wrong").ask("/admin/reload?model=uci"),
    new ServeError(Code.modelLoadFailure, 'engine "uci": version 3: golden/one.json: wrong'),
  );
});

test("a label is set by the query, which must say everything", async () => {
  const { ask, asked } = createPages();
  await ask("/admin/label?model=uci&label=stable&version=3");
  assert.deepEqual(asked, ["uci,stable,3"]);
  await assert.rejects(
    ask("/admin/label?model=uci&label=stable"),
    new ServeError(Code.invalidArgument, "the query must say version=…"),
  );
});

test("nothing is changed by a GET", async () => {
  const { ask, asked } = createPages();
  const { status, headers } = await ask("/admin/reload?model=uci", "GET");
  assert.deepEqual([status, headers], [405, { allow: "POST" }]);
  assert.deepEqual(asked, []);
  assert.equal((await ask("/admin/models", "GET")).status, 200);
});

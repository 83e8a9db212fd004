import assert from "node:assert/strict";
import { test } from "node:test";
import { type PageSet, selectPages, withoutScope } from "./place-pages.js";
import { ShownServer } from "./testing/shown-server.js";

const all = new ShownServer().pages();

test("a server has all its pages, those of metrics, or none but health", () => {
  const pathsOf = (set: PageSet): string[] => selectPages(all, set).map(({ path }) => path);
  assert.deepEqual(
    pathsOf("all"),
    all.map(({ path }) => path),
  );
  assert.deepEqual(pathsOf("metrics"), ["/metrics", "/brpc_metrics"]);
  assert.deepEqual(pathsOf("health"), []);
});

test("every page is for those with a credential for it, but on a port of its own", () => {
  const scopes = new Set(all.map(({ options }) => options.scope));
  assert.deepEqual(scopes, new Set(["pages", "metrics"]));
  assert.deepEqual(new Set(withoutScope(all).map(({ options }) => options.scope)), new Set([undefined]));
});

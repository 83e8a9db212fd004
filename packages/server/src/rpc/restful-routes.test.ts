import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { findRestful, planRestful, type RestfulRoute } from "./restful-routes.js";

function find(paths: readonly string[], path: string): string | undefined {
  const routes = paths.map((one): RestfulRoute<string> => ({ path: one, target: one }));
  return findRestful(planRestful(routes), path);
}

describe("the route of a path", () => {
  const paths = ["/v1", "/v1/*", "/v1/predict", "/v1/predict/*", "/v1/*/run", "/v1/*/b/run", "/v2/x"];
  const cases: [path: string, route: string | undefined][] = [
    ["/v1", "/v1"],
    ["//v1/", "/v1"],
    ["/v1/other", "/v1/*"],
    ["/v1/predict", "/v1/predict"],
    ["/v1/predict/a/b", "/v1/predict/*"],
    ["/v1/a/run", "/v1/*/run"],
    ["/v1/run", "/v1/*/run"],
    ["/v1/a/b/run", "/v1/*/b/run"],
    ["/v1/predict/run", "/v1/predict/*"],
    ["/v2/x", "/v2/x"],
    ["/v2/x/y", undefined],
    ["/v2", undefined],
    ["/", undefined],
    ["", undefined],
  ];
  for (const [path, route] of cases) {
    test(`${path || "nothing"} is ${route}`, () => assert.equal(find(paths, path), route));
  }

  test("of no routes is none", () => assert.equal(find([], "/v1"), undefined));
});

const segment = fc.constantFrom("a", "b", "c");
const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join("/")}`);
const pattern = fc
  .tuple(
    fc.array(segment, { minLength: 1, maxLength: 3 }),
    fc.option(fc.array(segment, { maxLength: 2 }), { nil: undefined }),
  )
  .map(([before, after]) => `/${[...before, ...(after ? ["*", ...after] : [])].join("/")}`);

/** Every route is asked, and of those that match the best is taken. */
function findNaively(paths: readonly string[], given: string): string | undefined {
  const matching = paths.filter((one) => {
    const [before = "", after] = one.split("/*");
    if (after === undefined) return one === given;
    const isLongEnough = `${given}/`.length >= `${before}/`.length + after.length;
    return `${given}/`.startsWith(`${before}/`) && given.endsWith(after) && isLongEnough;
  });
  const rank = (one: string): string => {
    const [before = "", after] = one.split("/*");
    return after === undefined
      ? "exact"
      : `${before.length}`.padStart(4, "0") + `${after.length}`.padStart(4, "0");
  };
  return matching.sort((a, b) => (rank(a) < rank(b) ? 1 : -1))[0];
}

test("any path takes the route that asking every route finds", () => {
  fc.assert(
    fc.property(fc.uniqueArray(pattern, { maxLength: 8 }), path, (paths, given) => {
      assert.equal(find(paths, given), findNaively(paths, given));
    }),
    { numRuns: 2000 },
  );
});

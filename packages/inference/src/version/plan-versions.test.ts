import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { VersionPolicy } from "@paddlewheel/core";
import fc from "fast-check";
import { compareVersions } from "./compare-versions.js";
import {
  planVersions,
  retryPause,
  type VersionFacts,
  type VersionOnDisk,
  type VersionPlan,
  type VersionState,
} from "./plan-versions.js";

const latest: VersionPolicy = { kind: "latest", count: 1 };

function onDisk(version: string, more: Partial<VersionOnDisk> = {}): VersionOnDisk {
  return { version, dir: `/m/${version}`, fingerprint: "f", tag: undefined, isSettled: true, ...more };
}

function loaded(version: string, more: Partial<VersionOnDisk> = {}): VersionState {
  return { version, loaded: onDisk(version, more), failure: undefined };
}

function failed(version: string, retryAt: number, more: Partial<VersionOnDisk> = {}): VersionState {
  const failure = { source: onDisk(version, more), count: 1, retryAt, reason: "broken" };
  return { version, loaded: undefined, failure };
}

function factsOf(facts: Partial<VersionFacts>): VersionFacts {
  const standard = { policy: latest, reloadableType: "timestamp_ne" as const, pinned: new Set<string>() };
  return { ...standard, disk: [], states: [], now: 0, ...facts };
}

function plan(facts: Partial<VersionFacts>): { load: string[]; unload: readonly string[]; pending: unknown } {
  const { load, unload, pending }: VersionPlan = planVersions(factsOf(facts));
  return { load: load.map(({ version }) => version), unload, pending };
}

const nothing = { load: [], unload: [], pending: [] };
const tag = (text: string, mtimeNs = 0n) => ({ text, mtimeNs });

describe("planVersions", () => {
  const cases: readonly [string, Partial<VersionFacts>, Partial<ReturnType<typeof plan>>][] = [
    ["loads the highest at a start", { disk: ["1", "2", "10"].map((v) => onDisk(v)) }, { load: ["10"] }],
    [
      "loads a new version first, and keeps the old one meanwhile",
      { disk: [onDisk("1"), onDisk("2")], states: [loaded("1")] },
      { load: ["2"] },
    ],
    [
      "unloads the old version once the new one is loaded",
      { disk: [onDisk("1"), onDisk("2")], states: [loaded("1"), loaded("2")] },
      { unload: ["1"] },
    ],
    [
      "waits for a version that is still written, and keeps what there is",
      { disk: [onDisk("1"), onDisk("2", { isSettled: false })], states: [loaded("1")] },
      { pending: [{ version: "2", retryAt: undefined }] },
    ],
    [
      "waits to try a version again that failed",
      { disk: [onDisk("1"), onDisk("2")], states: [loaded("1"), failed("2", 5)], now: 4 },
      { pending: [{ version: "2", retryAt: 5 }] },
    ],
    [
      "tries it again when the time has come",
      { disk: [onDisk("1"), onDisk("2")], states: [loaded("1"), failed("2", 5)], now: 5 },
      { load: ["2"] },
    ],
    [
      "tries it at once when its folder has changed",
      { disk: [onDisk("1"), onDisk("2", { fingerprint: "g" })], states: [loaded("1"), failed("2", 5)] },
      { load: ["2"] },
    ],
    [
      "takes the next lower one at a start when the highest fails",
      { disk: [onDisk("1"), onDisk("2"), onDisk("3")], states: [failed("3", 5)] },
      { load: ["2"], pending: [{ version: "3", retryAt: 5 }] },
    ],
    [
      "keeps the last version when its folder is gone",
      { disk: [onDisk("2", { isSettled: false })], states: [loaded("1")] },
      { pending: [{ version: "2", retryAt: undefined }] },
    ],
    [
      "keeps everything when no version is left on disk",
      { disk: [], states: [loaded("1"), loaded("2")] },
      {},
    ],
    [
      "serves all with the policy all, the highest first",
      { policy: { kind: "all" }, disk: ["1", "2", "3"].map((v) => onDisk(v)), states: [loaded("2")] },
      { load: ["3", "1"] },
    ],
    [
      "serves what is listed, whatever else there is",
      { policy: { kind: "listed", versions: ["1", "3"] }, disk: ["1", "2", "3", "4"].map((v) => onDisk(v)) },
      { load: ["3", "1"] },
    ],
    [
      "keeps a listed version whose folder is gone",
      {
        policy: { kind: "listed", versions: ["1", "3"] },
        disk: [onDisk("3")],
        states: [loaded("1"), loaded("3")],
      },
      {},
    ],
    [
      "serves a version with a label beside the policy's",
      { pinned: new Set(["1"]), disk: ["1", "2", "3"].map((v) => onDisk(v)), states: [loaded("3")] },
      { load: ["1"] },
    ],
    [
      "goes from a folder without versions to one with",
      { disk: [onDisk("1")], states: [loaded("0"), loaded("1")] },
      { unload: ["0"] },
    ],
    [
      "loads a model without versions again when its tag says so",
      { disk: [onDisk("0", { tag: tag("b") })], states: [loaded("0", { tag: tag("a") })] },
      { load: ["0"] },
    ],
    [
      "waits with that until nobody writes",
      {
        disk: [onDisk("0", { tag: tag("b"), isSettled: false })],
        states: [loaded("0", { tag: tag("a") })],
      },
      { pending: [{ version: "0", retryAt: undefined }] },
    ],
    [
      "loads of several versions only those again that have changed",
      {
        policy: { kind: "all" },
        disk: [onDisk("1", { tag: tag("b"), fingerprint: "g" }), onDisk("2", { tag: tag("b") })],
        states: [loaded("1", { tag: tag("a") }), loaded("2", { tag: tag("a") })],
      },
      { load: ["1"] },
    ],
    [
      "loads nothing again with the type none",
      {
        reloadableType: "none",
        disk: [onDisk("0", { tag: tag("b") })],
        states: [loaded("0", { tag: tag("a") })],
      },
      {},
    ],
  ];
  for (const [what, facts, expected] of cases) {
    test(what, () => assert.deepEqual(plan(facts), { ...nothing, ...expected }));
  }

  const version = fc.integer({ min: 1, max: 12 }).map(String);
  const anyOnDisk = fc.record({
    version,
    isSettled: fc.boolean(),
    fingerprint: fc.constantFrom("f", "g"),
    tag: fc.constantFrom(tag("a"), tag("b"), undefined),
    dir: fc.constant("/m"),
  });
  const anyState = fc.oneof(
    version.map((name) => loaded(name, { tag: tag("a") })),
    fc.tuple(version, fc.integer({ min: 0, max: 9 })).map(([name, at]) => failed(name, at)),
  );
  const anyFacts: fc.Arbitrary<VersionFacts> = fc.record({
    policy: fc.oneof(
      fc.integer({ min: 1, max: 4 }).map((count) => ({ kind: "latest" as const, count })),
      fc.constant({ kind: "all" as const }),
      fc.uniqueArray(version).map((versions) => ({ kind: "listed" as const, versions })),
    ),
    reloadableType: fc.constantFrom("timestamp_ne", "timestamp_gt", "md5sum", "revision", "none"),
    pinned: fc.uniqueArray(version, { maxLength: 2 }).map((names) => new Set(names)),
    disk: fc.uniqueArray(anyOnDisk, { selector: (one) => one.version, maxLength: 8 }),
    states: fc.uniqueArray(anyState, { selector: (one) => one.version, maxLength: 8 }),
    now: fc.integer({ min: 0, max: 9 }),
  });

  test("never takes the last version away, nor one before all that should be served is there", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const before = facts.states.filter((state) => state.loaded).map((state) => state.version);
        const { unload, load } = planVersions(facts);
        assert.ok(unload.every((name) => before.includes(name) && !facts.pinned.has(name)));
        assert.ok(before.length === 0 || unload.length < before.length);
        assert.ok(unload.every((name) => load.every((source) => source.version !== name)));
      }),
    );
  });

  test("comes to rest when its plans are carried out, whatever fails", () => {
    fc.assert(
      fc.property(anyFacts, fc.uniqueArray(version), (facts, broken) => {
        const states = new Map(facts.states.map((state) => [state.version, state]));
        for (let step = 0; step < 50; step++) {
          const { load, unload } = planVersions({ ...facts, states: [...states.values()] });
          if (load.length + unload.length === 0) return;
          for (const source of load) {
            const isBroken = broken.includes(source.version);
            const kept = states.get(source.version)?.loaded;
            const failure = { source, count: 1, retryAt: facts.now + 1, reason: "broken" };
            states.set(source.version, {
              version: source.version,
              loaded: isBroken ? kept : source,
              failure: isBroken ? failure : undefined,
            });
          }
          for (const name of unload) states.delete(name);
        }
        assert.fail("it goes on for ever");
      }),
    );
  });

  test("loads only what is whole and due", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { load } = planVersions(facts);
        const names = load.map((source) => source.version);
        assert.deepEqual(names, names.toSorted(compareVersions).toReversed());
        for (const source of load) {
          assert.ok(facts.disk.some((one) => one.version === source.version && one.isSettled));
        }
      }),
    );
  });
});

test("failed loads wait longer each time, a minute at most", () => {
  assert.deepEqual(
    [1, 2, 3, 6, 7, 8, 1000].map(retryPause),
    [1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000],
  );
});

test("versions are ordered by number, also beyond what a double holds", () => {
  const versions = ["10", "9", "9007199254740993", "9007199254740992", "1"];
  assert.deepEqual(versions.toSorted(compareVersions), [
    "1",
    "9",
    "10",
    "9007199254740992",
    "9007199254740993",
  ]);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resolveHttp2Limits } from "../limits/http2-limits.js";
import { type ConnectionAges, planUpkeep, type Upkeep } from "./upkeep.js";

const limits = resolveHttp2Limits({
  settingsTimeoutMs: 10,
  keepaliveMs: 100,
  keepaliveTimeoutMs: 20,
  idleTimeoutMs: 300,
  drainTimeoutMs: 50,
});

const busy: ConnectionAges = {
  now: 1000,
  startedAt: 0,
  isSettled: true,
  heardAt: 1000,
  pingedAt: undefined,
  idleSince: undefined,
  drainingSince: undefined,
  maxAgeMs: 5000,
};

describe("planUpkeep", () => {
  const cases: readonly (readonly [Upkeep, Partial<ConnectionAges>])[] = [
    ["none", {}],
    ["settings_timeout", { isSettled: false, startedAt: 989 }],
    ["none", { isSettled: false, startedAt: 990, heardAt: 0 }],
    ["ping", { heardAt: 899 }],
    ["none", { heardAt: 900 }],
    ["none", { heardAt: 899, pingedAt: 980 }],
    ["keepalive_timeout", { pingedAt: 979 }],
    ["connection_idle", { idleSince: 699 }],
    ["none", { idleSince: 700 }],
    ["connection_age", { maxAgeMs: 999 }],
    ["none", { maxAgeMs: 0 }],
    ["none", { drainingSince: 950, idleSince: 0, maxAgeMs: 1 }],
    ["drain_timeout", { drainingSince: 949 }],
  ];
  for (const [due, ages] of cases) {
    test(`says ${due} for ${JSON.stringify(ages)}`, () => {
      assert.equal(planUpkeep({ ...busy, ...ages }, limits), due);
    });
  }

  test("leaves what is turned off", () => {
    const off = { ...limits, keepaliveMs: 0, idleTimeoutMs: 0 };
    assert.equal(planUpkeep({ ...busy, heardAt: 0, idleSince: 0 }, off), "none");
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import type { Host } from "../host.js";
import { PolledNaming } from "./polled-naming.js";

const hosts: readonly Host[] = [{ address: "a:1", tag: "" }];
const settled = () => new Promise((resolve) => setImmediate(resolve));

function start(looks: (() => Promise<readonly Host[] | undefined>)[]) {
  const clock = new ManualClock();
  const told: string[] = [];
  const naming = new PolledNaming({
    find: () => looks.shift()?.() ?? Promise.resolve(undefined),
    intervalMs: 100,
    clock,
    listener: {
      onHosts: (found) => told.push(found.map(({ address }) => address).join()),
      onFailure: (error) => told.push(error.message),
    },
  }).start();
  const lookAgain = async (): Promise<void> => {
    clock.advance(100);
    await settled();
  };
  return { naming, clock, told, lookAgain };
}

const failing = (message: string) => () => Promise.reject(new ServeError(Code.unavailable, message));

describe("naming that is asked again and again", () => {
  test("tells what is new, and each failure once until it is over", async () => {
    const found = () => Promise.resolve(hosts);
    const same = () => Promise.resolve(undefined);
    const { told, lookAgain } = start([
      failing("gone"),
      failing("gone"),
      found,
      same,
      failing("gone"),
      failing("worse"),
      same,
      failing("worse"),
    ]);
    await settled();
    for (let i = 0; i < 7; i++) await lookAgain();
    assert.deepEqual(told, ["gone", "a:1", "gone", "worse", "worse"]);
  });

  test("tells nothing and waits for nothing when it is closed", async () => {
    const { naming, clock, told } = start([() => Promise.resolve(hosts)]);
    naming.close();
    await settled();
    assert.deepEqual(told, []);
    assert.equal(clock.timerCount, 0);
  });
});

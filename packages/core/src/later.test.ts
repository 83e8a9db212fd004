import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Later } from "./later.js";

const double = (value: number): number => value * 2;
const refuse = (): never => {
  throw new Error("refused");
};

describe("Later", () => {
  test("runs its steps in the turn in which the value comes, each on what the one before gave", () => {
    const later = new Later<number>();
    const seen: unknown[] = [];
    later
      .then(double)
      .then((value) => `${value}`)
      .then((text) => seen.push(text));
    assert.deepEqual(seen, []);
    later.resolve(21);
    assert.deepEqual(seen, ["42"]);
  });

  test("is handed on: each step gives the same Later", () => {
    const later = new Later<number>();
    assert.equal(later.then(double), later);
  });

  test("runs a step at once when the value is there already", () => {
    const later = new Later<number>();
    later.resolve(1);
    let seen = 0;
    void later.then((value) => {
      seen = value;
    });
    assert.equal(seen, 1);
  });

  test("fails what comes after a step that throws, until somebody takes the failure", () => {
    const later = new Later<number>();
    const seen: unknown[] = [];
    later
      .then(refuse)
      .then(() => seen.push("never"))
      .then(undefined, (error: unknown) => {
        seen.push((error as Error).message);
        return "mended";
      })
      .then((value) => seen.push(value));
    later.resolve(1);
    assert.deepEqual(seen, ["refused", "mended"]);
  });

  test("holds up the steps after one that gives a promise", async () => {
    const later = new Later<number>();
    const doubled = later.then(async (value) => double(value)).then((value) => value + 1);
    later.resolve(3);
    assert.equal(await doubled, 7);
  });

  test("is awaited as a promise is, when it comes and when it fails", async () => {
    const later = new Later<number>();
    const failing = new Later<number>();
    queueMicrotask(() => later.resolve(5));
    queueMicrotask(() => failing.reject(new Error("gone")));
    assert.equal(await later, 5);
    await assert.rejects(async () => await failing, { message: "gone" });
  });

  test("ends as an unhandled rejection when nobody reads its failure", () => {
    const program = `
      import { Later } from ${JSON.stringify(new URL("./later.js", import.meta.url).href)};
      const later = new Later();
      later.then(() => {
        throw new Error("refused");
      });
      later.resolve(1);
    `;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program]);
    assert.equal(status, 1);
    assert.match(stderr.toString(), /Error: refused/);
  });

  test("is no unhandled rejection when somebody reads its failure within the turn", async () => {
    const later = new Later<number>();
    later.reject(new Error("early"));
    await assert.rejects(async () => await later, { message: "early" });
  });

  test("gives what a promise gives through the same steps", async () => {
    const step = fc.constantFrom<(value: number) => number | Promise<number>>(
      double,
      refuse,
      async (value) => value + 1,
      async () => refuse(),
    );
    const steps = fc.array(fc.record({ succeed: fc.option(step), rescues: fc.boolean() }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), fc.nat(5), async (added, isResolved, settledAfter) => {
        const later = new Later<number>();
        let ofLater: PromiseLike<number> = later;
        let ofPromise = isResolved ? Promise.resolve(1) : Promise.reject<number>(new Error("first"));
        const settle = (): void => (isResolved ? later.resolve(1) : later.reject(new Error("first")));
        for (const [i, { succeed, rescues }] of added.entries()) {
          if (i === settledAfter) settle();
          const rescue = rescues ? () => -1 : undefined;
          ofLater = ofLater.then(succeed, rescue);
          ofPromise = ofPromise.then(succeed, rescue);
        }
        if (settledAfter >= added.length) settle();
        const [given, expected] = await Promise.allSettled([ofLater, ofPromise]);
        assert.deepEqual(given, expected);
      }),
    );
  });
});

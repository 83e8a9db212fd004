import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { SdkCanaryConf, SdkPredictor } from "@paddlewheel/conf";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock, RecordingLogger, RecordingMetrics } from "@paddlewheel/core/testing";
import { generalResponseCodec } from "@paddlewheel/wire";
import { seededRandom } from "../../balance/testing/seeded-random.js";
import { PredictorApi } from "../../predictor/predictor-api.js";
import { emptyResponse } from "../../testing/fake-server.js";
import { type HostScript, ScriptedHosts } from "../../testing/scripted-hosts.js";
import { FailureStage } from "../../transport/host-transport.js";

const addresses = { a: "127.0.0.1:1", b: "127.0.0.1:2", new: "127.0.0.1:3" };

const anAnswer: HostScript = {
  afterMs: 1,
  outcome: { answer: { message: generalResponseCodec.encode(emptyResponse), headers: new Map() } },
};

function failing(code: Code, afterMs = 1): HostScript {
  return { afterMs, outcome: { error: new ServeError(code, "no luck"), stage: FailureStage.answered } };
}

const open: PredictorApi[] = [];
afterEach(() => {
  for (const api of open.splice(0)) api.destroy();
});

interface Setting {
  readonly canary?: Partial<SdkCanaryConf>;
  readonly predictor?: Partial<SdkPredictor>;
  readonly seed?: number;
}

/** Two stable variants, one to nine, and a canary; `behaviour` says what they do. */
async function createApi({ canary = {}, predictor = {}, seed = 1 }: Setting = {}) {
  const clock = new ManualClock();
  const behaviour = { canary: anAnswer, stable: anAnswer };
  const hosts = new ScriptedHosts(clock, [], (address) =>
    address === addresses.new ? behaviour.canary : behaviour.stable,
  );
  const metrics = new RecordingMetrics();
  const logger = new RecordingLogger();
  const api = new PredictorApi({
    clock,
    logger,
    metrics,
    random: seededRandom(seed),
    connect: hosts.connect,
  });
  open.push(api);
  await api.createFrom({
    default_variant_conf: { tag: "d", connection_conf: { connect_retry_count: 0, rpc_timeout_ms: 100 } },
    predictors: [
      {
        name: "ab",
        variants: Object.entries(addresses).map(([tag, cluster]) => ({ tag, naming_conf: { cluster } })),
        weighted_random_render_conf: { variant_weight_list: "10|90|0" },
        canary: { variant: "new", percent: 10, ...canary },
        ...predictor,
      },
    ],
  });
  /** The tag that a call went to, and the code that it ended with. */
  const call = async (variant?: string, user = 1n): Promise<readonly [string, Code | undefined]> => {
    const predictor = api.fetchPredictor("ab", variant === undefined ? {} : { variant });
    const before = hosts.attempts.length;
    const answer = predictor.inference({ tensors: [], logId: user }).then(
      () => undefined,
      (error: ServeError) => error.code,
    );
    clock.advance(1);
    const code = await answer;
    const address = hosts.attempts[before]?.address;
    return [Object.entries(addresses).find(([, one]) => one === address)?.[0] ?? "", code];
  };
  const canaryLines = () => logger.lines.filter(({ message }) => message.startsWith("the canary"));
  const tagsOf = async (count: number) => {
    const tags: string[] = [];
    for (let i = 0; i < count; i++) tags.push((await call(undefined, BigInt(i)))[0]);
    return tags;
  };
  return {
    api,
    behaviour,
    call,
    clock,
    hosts,
    canaryLines,
    metrics,
    tagsOf,
    state: () => api.canaryState("ab"),
  };
}

const shareOf = (tags: readonly string[], tag: string): number => tags.filter((one) => one === tag).length;

describe("a canary", () => {
  for (const percent of [1, 5, 10, 50, 99]) {
    test(`gets ${percent} % of the calls, and the others theirs of the rest, within 3 sigma`, async () => {
      const { api } = await createApi({ canary: { percent } });
      const count = 20_000;
      const tags = Array.from({ length: count }, () => api.fetchPredictor("ab").variant ?? "");
      for (const [tag, share] of [
        ["new", percent / 100] as const,
        ["a", 0.1 * (1 - percent / 100)] as const,
      ]) {
        const sigma = Math.sqrt(count * share * (1 - share));
        assert.ok(
          Math.abs(shareOf(tags, tag) - count * share) < 3 * sigma,
          `${shareOf(tags, tag)} to ${tag}`,
        );
      }
    });
  }

  test("that fails too many calls gets none any more, which is logged once and shows", async () => {
    const { api, behaviour, canaryLines, clock, metrics, state, tagsOf } = await createApi({
      canary: { window_ms: 86_400_000 },
    });
    behaviour.canary = failing(Code.opFailure);
    assert.equal(metrics.gaugeValue("paddlewheel_client_canary_percent", { variant: "new" }), 10);
    const tags = await tagsOf(1000);
    assert.equal(shareOf(tags, "new"), 50);
    assert.equal(tags.slice(-100).includes("new"), false);
    const stable = { calls: tags.lastIndexOf("new") - 49, failures: 0 };
    const counts = { canary: { calls: 50, failures: 50 }, stable };
    assert.deepEqual(state(), { variant: "new", percent: 0, isRolledBack: true, rollBacks: 1, ...counts });
    assert.deepEqual(canaryLines(), [
      {
        level: "warn",
        fields: { endpoint: "ab", variant: "new", calls: 50, failures: 50 },
        message: `the canary was rolled back: 50 of 50 calls failed, of the other variants 0 of ${stable.calls}`,
      },
    ]);
    assert.equal(metrics.gaugeValue("paddlewheel_client_canary_percent"), 0);
    assert.equal(metrics.counted("paddlewheel_client_canary_rollbacks_total"), 1);
    clock.advance(86_400_000);
    assert.equal(state().isRolledBack, true);
    api.resetCanary("ab");
    assert.deepEqual(state(), {
      variant: "new",
      percent: 10,
      isRolledBack: false,
      rollBacks: 1,
      canary: { calls: 0, failures: 0 },
      stable: { calls: 0, failures: 0 },
    });
    assert.equal(metrics.gaugeValue("paddlewheel_client_canary_percent"), 10);
  });

  test("is not rolled back for what the callers did, nor when the other variants fail as often", async () => {
    for (const [canary, stable] of [
      [failing(Code.invalidArgument), anAnswer],
      [failing(Code.opFailure), failing(Code.opFailure)],
    ] as const) {
      const { behaviour, state, tagsOf } = await createApi({ canary: { window_ms: 86_400_000 } });
      Object.assign(behaviour, { canary, stable });
      await tagsOf(800);
      assert.equal(state().isRolledBack, false);
      assert.ok(state().canary.calls > 50);
    }
  });

  test("is rolled back for answers that are slow, unless those of the others are too", async () => {
    const slow: HostScript = { ...anAnswer, afterMs: 2 } as HostScript;
    for (const [stable, isRolledBack] of [[anAnswer, true] as const, [slow, false] as const]) {
      const { api, behaviour, clock, state } = await createApi({ canary: { percent: 50, slow_ms: 1 } });
      Object.assign(behaviour, { canary: slow, stable });
      for (let i = 0; i < 300; i++) {
        const answer = api.fetchPredictor("ab").inference({ tensors: [] });
        clock.advance(1);
        await setImmediate();
        clock.advance(1);
        await answer;
      }
      assert.equal(state().isRolledBack, isRolledBack);
    }
  });

  test("forgets what is older than the window", async () => {
    const { behaviour, clock, state, tagsOf } = await createApi({ canary: { percent: 99, window_ms: 1000 } });
    behaviour.canary = failing(Code.opFailure);
    await tagsOf(45);
    clock.advance(1000);
    await tagsOf(45);
    assert.equal(state().isRolledBack, false);
    await tagsOf(10);
    assert.equal(state().isRolledBack, true);
  });

  test("is tried again after the cool-down, with a new count", async () => {
    const { behaviour, canaryLines, clock, state, tagsOf } = await createApi({
      canary: { percent: 99, cool_down_ms: 500 },
    });
    behaviour.canary = failing(Code.opFailure);
    await tagsOf(60);
    assert.equal(state().isRolledBack, true);
    clock.advance(500);
    const tags = await tagsOf(40);
    assert.ok(shareOf(tags, "new") > 30);
    assert.deepEqual([state().isRolledBack, state().rollBacks], [false, 1]);
    await tagsOf(40);
    assert.deepEqual([state().isRolledBack, state().rollBacks], [true, 2]);
    assert.deepEqual(
      canaryLines().map(({ level }) => level),
      ["warn", "info", "warn"],
    );
  });

  test("is left by predictors that were fetched before it was rolled back", async () => {
    const { api, behaviour, tagsOf } = await createApi({ canary: { percent: 50 } });
    const predictors = Array.from({ length: 20 }, () => api.fetchPredictor("ab"));
    const kept = predictors.find(({ variant }) => variant === "new");
    assert.ok(kept);
    behaviour.canary = failing(Code.opFailure);
    await tagsOf(150);
    assert.notEqual(kept.variant, "new");
  });

  test("does not count calls to a variant that was named, which go there in any case", async () => {
    const { behaviour, call, state, tagsOf } = await createApi({ canary: { percent: 50 } });
    behaviour.canary = failing(Code.opFailure);
    for (let i = 0; i < 100; i++) assert.deepEqual(await call("new"), ["new", Code.opFailure]);
    assert.deepEqual(state().canary, { calls: 0, failures: 0 });
    await tagsOf(150);
    assert.equal(state().isRolledBack, true);
    assert.deepEqual(await call("new"), ["new", Code.opFailure]);
  });

  test("takes as many keys of each variant, and gives them back to the same when it is rolled back", async () => {
    const predictor = { sticky_key: "log_id" };
    const { behaviour, call, tagsOf, state } = await createApi({
      canary: { window_ms: 86_400_000 },
      predictor,
    });
    const before = await tagsOf(600);
    assert.deepEqual(await tagsOf(600), before);
    const sigma = Math.sqrt(600 * 0.1 * 0.9);
    assert.ok(Math.abs(shareOf(before, "new") - 60) < 3 * sigma, String(shareOf(before, "new")));
    behaviour.canary = failing(Code.internal);
    const key = BigInt(before.indexOf("new"));
    for (let i = 0; i < 200; i++) await call(undefined, key);
    assert.equal(state().isRolledBack, true);
    const after = await tagsOf(600);
    assert.equal(shareOf(after, "new"), 0);
    for (const [user, tag] of before.entries())
      if (tag !== "new") assert.equal(after[user], tag, String(user));
    const moved = after.filter((_, user) => before[user] === "new");
    assert.ok(shareOf(moved, "a") < shareOf(moved, "b"));
  });

  test("has calls that it did not begin made by another variant, in the time that is left", async () => {
    const { behaviour, call, clock, hosts, state } = await createApi({ canary: { percent: 99 } });
    behaviour.canary = failing(Code.unavailable);
    const predictor = call();
    await setImmediate();
    clock.advance(1);
    assert.deepEqual(await predictor, ["new", undefined]);
    assert.deepEqual(
      hosts.attempts.map(({ address, call: { timeoutMs } }) => [address === addresses.new, timeoutMs]),
      [
        [true, 100],
        [false, 99],
      ],
    );
    assert.deepEqual(
      [state().canary, state().stable],
      [
        { calls: 1, failures: 1 },
        { calls: 1, failures: 0 },
      ],
    );
  });

  test("fails calls that it may have run, as nobody knows whether they may run twice", async () => {
    const { behaviour, call, hosts } = await createApi({ canary: { percent: 99 } });
    behaviour.canary = failing(Code.opFailure);
    assert.deepEqual(await call(), ["new", Code.opFailure]);
    assert.equal(hosts.attempts.length, 1);
  });

  test("leaves calls that it has no time left for, and those their caller gave up", async () => {
    const { api, behaviour, clock, hosts, state } = await createApi({ canary: { percent: 99 } });
    behaviour.canary = failing(Code.resourceExhausted, 99);
    const [late, left] = [api.fetchPredictor("ab"), api.fetchPredictor("ab")];
    const calls = [late.inference({ tensors: [] }, { timeoutMs: 50 }), left.inference({ tensors: [] })];
    const ends = Promise.all(calls.map((call) => call.catch(({ code }: ServeError) => code)));
    left.cancel();
    clock.advance(99);
    assert.deepEqual(await ends, [Code.deadlineExceeded, Code.cancelled]);
    assert.equal(hosts.attempts.length, 2);
    assert.deepEqual(state().canary, { calls: 1, failures: 1 });
  });

  test("is told of where there is none, and where there is no endpoint", async () => {
    const { api } = await createApi();
    assert.throws(() => api.canaryState("x"), { code: Code.notFound });
    api.destroy();
    await api.createFrom({
      predictors: [{ variants: [{ tag: "a", naming_conf: { cluster: "127.0.0.1:1" } }] }],
    });
    for (const ask of [() => api.canaryState("general_model"), () => api.resetCanary("general_model")]) {
      assert.throws(ask, {
        code: Code.invalidArgument,
        message: '"general_model" has no canary: no variant of it is on trial',
      });
    }
  });
});

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { SdkShadowConf } from "@paddlewheel/conf";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock, RecordingMetrics } from "@paddlewheel/core/testing";
import {
  type GeneralRequest,
  type GeneralTensor,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import { seededRandom } from "../../balance/testing/seeded-random.js";
import { PredictorApi } from "../../predictor/predictor-api.js";
import { emptyResponse } from "../../testing/fake-server.js";
import { type HostScript, ScriptedHosts } from "../../testing/scripted-hosts.js";
import { FailureStage } from "../../transport/host-transport.js";

const primary = "127.0.0.1:1";
const shadow = "127.0.0.1:2";

function x(...numbers: readonly number[]): GeneralTensor {
  return {
    name: "x",
    aliasName: "x",
    dtype: "float32",
    shape: [numbers.length, 1],
    data: Float32Array.from(numbers),
  };
}

function answerOf(tensors: readonly GeneralTensor[], afterMs = 1): HostScript {
  const outputs = [{ engineName: "e", tensors }];
  const message = generalResponseCodec.encode({ ...emptyResponse, outputs });
  return { afterMs, outcome: { answer: { message, headers: new Map() } } };
}

/** Answers with the tensors that came, the shadow with each number so much larger. */
const echo =
  (offset = 0): Script =>
  (address, tensors) => {
    const more = address === shadow ? offset : 0;
    return answerOf(
      tensors.map((tensor) => ({
        ...tensor,
        data: (tensor.data as Float32Array).map((number) => number + more),
      })),
    );
  };

type Script = (address: string, tensors: readonly GeneralTensor[]) => HostScript;

const open: PredictorApi[] = [];
afterEach(() => {
  for (const api of open.splice(0)) api.destroy();
});

interface Setting {
  readonly conf?: Partial<SdkShadowConf>;
  readonly script?: Script;
  readonly packRows?: boolean;
}

async function createApi({ conf = {}, script = echo(), packRows = false }: Setting = {}) {
  const clock = new ManualClock();
  const hosts = new ScriptedHosts(clock, [], (address, _, message) =>
    script(address, generalRequestCodec.decode(message).tensors),
  );
  const metrics = new RecordingMetrics();
  const api = new PredictorApi({ clock, metrics, random: seededRandom(1), connect: hosts.connect });
  open.push(api);
  const connection_conf = { connect_retry_count: 0, rpc_timeout_ms: 100 };
  await api.createFrom({
    predictors: [
      {
        name: "ab",
        max_in_flight: 10,
        variants: [
          {
            tag: "old",
            naming_conf: { cluster: primary },
            connection_conf,
            rpc_parameter: { package_size: 2, pack_rows: packRows },
          },
          { tag: "new", naming_conf: { cluster: shadow }, connection_conf },
        ],
        shadow: { variant: "new", percent: 100, ...conf },
      },
    ],
  });
  const call = async (tensor: GeneralTensor = x(1), variant?: string) => {
    const predictor = api.fetchPredictor("ab", variant === undefined ? {} : { variant });
    const answer = predictor.inference({ tensors: [tensor], logId: 7n });
    clock.advance(1);
    return await answer;
  };
  const copies = () => hosts.attempts.filter(({ address }) => address === shadow);
  return { api, clock, hosts, metrics, call, copies, report: () => api.shadowReport("ab") };
}

describe("a shadow", () => {
  test("gets a copy after the caller has its answer, and finds equal answers equal", async () => {
    const { call, clock, copies, hosts, metrics, report } = await createApi();
    await call();
    assert.equal(copies().length, 0);
    clock.advance(0);
    const [original, copy] = hosts.attempts;
    assert.deepEqual(copy?.call.message, original?.call.message);
    assert.deepEqual([copy?.call.logId, copy?.call.timeoutMs], [7n, 100]);
    assert.deepEqual([report().inFlight, report().compared], [1, 0]);
    clock.advance(1);
    assert.deepEqual(report(), {
      variant: "new",
      inFlight: 0,
      compared: 1,
      equal: 1,
      different: 0,
      failed: {},
      dropped: 0,
      tooLarge: 0,
      maxAbsolute: 0,
      maxRelative: 0,
      examples: [],
    });
    const counted = (outcome: string) =>
      metrics.counted("paddlewheel_client_shadow_calls_total", { outcome });
    assert.deepEqual([counted("equal"), counted("different")], [1, 0]);
  });

  test("is equal up to the tolerance, and shows how near it was", async () => {
    const { call, clock, report } = await createApi({ script: echo(0.25), conf: { tolerance: 0.5 } });
    await call(x(1));
    clock.advance(1);
    assert.deepEqual([report().equal, report().maxAbsolute, report().maxRelative], [1, 0.25, 0.2]);
  });

  test("that answers otherwise shows by how much, and keeps no request unless it is told to", async () => {
    const { call, clock, metrics, report } = await createApi({ script: echo(1) });
    await call(x(3));
    clock.advance(1);
    const { different, maxAbsolute, maxRelative, examples } = report();
    assert.deepEqual([different, maxAbsolute, maxRelative, examples], [1, 1, 0.25, []]);
    assert.equal(metrics.gaugeValue("paddlewheel_client_shadow_max_difference"), 1);
  });

  test("keeps some of the calls that were answered differently", async () => {
    const { call, clock, report } = await createApi({ script: echo(1), conf: { max_examples: 2 } });
    for (let i = 0; i < 5; i++) {
      await call(x(i));
      clock.advance(1);
    }
    const { different, examples } = report();
    assert.deepEqual([different, examples.length], [5, 2]);
    const [example] = examples;
    assert.ok(example);
    const sent = (example.requests[0] as GeneralRequest).tensors[0]?.data[0];
    assert.deepEqual(
      [example.answeredBy, example.logId, example.differences],
      ["old", 7n, [{ path: "x[0]", message: `${Number(sent) + 1}, not ${sent}; 1 of 1 elements differ` }]],
    );
  });

  test("compares with what was answered, whatever the caller has made of it", async () => {
    const bytes: GeneralTensor = { ...x(), dtype: "uint8", shape: [2], data: Uint8Array.of(1, 2) };
    const { call, clock, report } = await createApi({ script: () => answerOf([bytes]) });
    const { outputs } = await call();
    const data = outputs[0]?.tensors[0]?.data;
    assert.ok(data instanceof Uint8Array);
    data.fill(9);
    clock.advance(1);
    assert.equal(report().equal, 1);
  });

  test("that says nothing delays nobody, ends at its own deadline, and takes no more than max_in_flight", async () => {
    const script: Script = (address, tensors) => (address === shadow ? "silent" : answerOf(tensors));
    const { call, clock, copies, metrics, report } = await createApi({ script, conf: { max_in_flight: 2 } });
    for (let i = 0; i < 20; i++) await call();
    clock.advance(0);
    assert.equal(copies().length, 2);
    assert.equal(report().dropped, 18);
    assert.equal(metrics.counted("limit_exceeded_total", { limit: "client_shadow_in_flight" }), 18);
    clock.advance(100);
    assert.deepEqual(report().failed, { deadlineExceeded: 2 });
    await call();
    clock.advance(0);
    assert.equal(copies().length, 3);
  });

  const failures: readonly (readonly [what: string, script: () => HostScript, code: string])[] = [
    [
      "fails",
      () => ({
        afterMs: 1,
        outcome: { error: new ServeError(Code.opFailure, "no"), stage: FailureStage.answered },
      }),
      "opFailure",
    ],
    [
      "throws where it is called",
      () => {
        throw new Error("at once");
      },
      "internal",
    ],
    [
      "answers with an error in its message",
      () => {
        const message = generalResponseCodec.encode({
          ...emptyResponse,
          errNo: Code.opFailure,
          errMsg: "no",
        });
        return { afterMs: 1, outcome: { answer: { message, headers: new Map() } } };
      },
      "opFailure",
    ],
    [
      "answers with what is no response",
      () => ({ afterMs: 1, outcome: { answer: { message: Buffer.of(255, 255, 255), headers: new Map() } } }),
      "malformedRequest",
    ],
  ];
  for (const [what, failing, code] of failures) {
    test(`that ${what} fails no caller, and is counted`, async () => {
      const script: Script = (address, tensors) => (address === shadow ? failing() : answerOf(tensors));
      const { call, clock, report } = await createApi({ script });
      assert.equal((await call()).outputs.length, 1);
      clock.advance(0);
      await Promise.resolve();
      clock.advance(1);
      assert.deepEqual(report().failed, { [code]: 1 });
      assert.equal(report().compared, 0);
    });
  }

  test("gets neither requests nor answers larger than max_bytes, nor keeps larger ones of its own", async () => {
    const large = x(...new Array<number>(100).fill(1));
    const { call, clock, copies, metrics, report } = await createApi({
      conf: { max_bytes: 300 },
      script: (address, tensors) => answerOf(address === shadow ? [large] : tensors),
    });
    await call(large);
    clock.advance(0);
    assert.deepEqual([copies().length, report().tooLarge], [0, 1]);
    await call();
    clock.advance(1);
    assert.deepEqual([copies().length, report().tooLarge, report().compared], [1, 2, 0]);
    assert.equal(metrics.counted("limit_exceeded_total", { limit: "client_shadow_bytes" }), 2);
  });

  test("gets the parts of a large request, and its answers are merged as the primary's", async () => {
    const { call, clock, copies, report } = await createApi({
      packRows: true,
      script: echo(1),
      conf: { max_examples: 1 },
    });
    await call(x(1, 2, 3));
    clock.advance(1);
    assert.equal(copies().length, 2);
    const { different, examples } = report();
    assert.deepEqual([different, examples[0]?.requests.length], [1, 2]);
    assert.equal(examples[0]?.differences[0]?.message, "2, not 1; 3 of 3 elements differ");
  });

  test("gets the copy of a call to a split at its own servers of that name", async () => {
    const clock = new ManualClock();
    const hosts = new ScriptedHosts(clock, [], () => answerOf([x(1)]));
    const api = new PredictorApi({ clock, random: seededRandom(1), connect: hosts.connect });
    open.push(api);
    const variant = (tag: string, small: string, large: string) => ({
      tag,
      naming_conf: { cluster: `list://${small} size:small,${large} size:large` },
      split_conf: { split_tag_name: "size", tag_candidates: "small,large" },
    });
    await api.createFrom({
      predictors: [
        {
          variants: [
            variant("old", "127.0.0.1:1", "127.0.0.1:2"),
            variant("new", "127.0.0.1:3", "127.0.0.1:4"),
          ],
          shadow: { variant: "new", percent: 100 },
        },
      ],
    });
    const answer = api.fetchPredictor("general_model", { split: "large" }).inference({ tensors: [x(1)] });
    clock.advance(1);
    await answer;
    clock.advance(1);
    assert.deepEqual(
      hosts.attempts.map(({ address }) => address),
      ["127.0.0.1:2", "127.0.0.1:4"],
    );
    assert.equal(api.shadowReport("general_model").equal, 1);
  });

  test("gets its share of the calls, within 3 sigma, of calls whose variant nobody named", async () => {
    const { call, clock, copies } = await createApi({ conf: { percent: 20 } });
    for (let i = 0; i < 2000; i++) await call();
    for (let i = 0; i < 50; i++) await call(x(1), "old");
    clock.advance(1);
    const sigma = Math.sqrt(2000 * 0.2 * 0.8);
    assert.ok(Math.abs(copies().length - 400) < 3 * sigma, String(copies().length));
  });

  test("gets no copy of a call that failed, and takes nothing of max_in_flight of the endpoint", async () => {
    const failure: HostScript = {
      afterMs: 1,
      outcome: { error: new ServeError(Code.opFailure, "no"), stage: FailureStage.answered },
    };
    const failed = await createApi({ script: () => failure });
    await assert.rejects(failed.call(), { code: Code.opFailure });
    failed.clock.advance(1);
    assert.equal(failed.copies().length, 0);
    const silent: Script = (address, tensors) => (address === shadow ? "silent" : answerOf(tensors));
    const busy = await createApi({ script: silent });
    for (let i = 0; i < 16; i++) await busy.call();
    busy.clock.advance(0);
    assert.equal(busy.copies().length, 16);
    await busy.call();
  });

  test("ends with the endpoint, and there is none where conf names none", async () => {
    const { api, call, clock, copies } = await createApi();
    await call();
    api.destroy();
    clock.advance(1);
    assert.equal(copies().length, 0);
    await api.createFrom({
      predictors: [{ variants: [{ tag: "a", naming_conf: { cluster: primary } }] }],
    });
    assert.throws(() => api.shadowReport("general_model"), {
      code: Code.invalidArgument,
      message: '"general_model" has no shadow: its calls are not copied',
    });
  });
});

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import type { SdkConf, SdkPredictor, SdkVariantConf } from "@paddlewheel/conf";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock, RecordingMetrics } from "@paddlewheel/core/testing";
import {
  type GeneralTensor,
  generalRequestCodec,
  generalResponseCodec,
  loadProtoService,
} from "@paddlewheel/wire";
import { seededRandom } from "../balance/testing/seeded-random.js";
import { emptyResponse } from "../testing/fake-server.js";
import { type HostScript, ScriptedHosts } from "../testing/scripted-hosts.js";
import { FailureStage } from "../transport/host-transport.js";
import { PredictorApi } from "./predictor-api.js";

const x: GeneralTensor = {
  name: "x",
  aliasName: "x",
  dtype: "float32",
  shape: [1, 2],
  data: Float32Array.of(1, 2),
};

function answering(message: Uint8Array): HostScript {
  return { afterMs: 1, outcome: { answer: { message, headers: new Map() } } };
}

const anAnswer = answering(generalResponseCodec.encode({ ...emptyResponse, logId: 7n }));

function variant(tag: string, address: string, conf: Partial<SdkVariantConf> = {}): SdkVariantConf {
  return { tag, naming_conf: { cluster: `list://${address}` }, ...conf };
}

function onePredictor(conf: Partial<SdkPredictor> = {}): SdkConf {
  return { predictors: [{ variants: [variant("a", "127.0.0.1:1")], ...conf }] };
}

type Script = (address: string, attemptIndex: number, message: Uint8Array) => HostScript;

const open: PredictorApi[] = [];
afterEach(() => {
  for (const api of open.splice(0)) api.destroy();
});

async function createApi(conf: SdkConf, script: Script = () => anAnswer) {
  const clock = new ManualClock();
  const hosts = new ScriptedHosts(clock, [], script);
  const metrics = new RecordingMetrics();
  const api = new PredictorApi({ clock, metrics, random: seededRandom(1), connect: hosts.connect });
  open.push(api);
  await api.createFrom(conf);
  return { api, clock, hosts, metrics };
}

const twoVariants = onePredictor({
  weighted_random_render_conf: { variant_weight_list: "10|90" },
  variants: [variant("a", "127.0.0.1:1"), variant("b", "127.0.0.1:2")],
});

describe("PredictorApi", () => {
  test("calls the service with the conf's time, and decodes the answer", async () => {
    const conf = onePredictor({
      variants: [variant("a", "127.0.0.1:1", { connection_conf: { rpc_timeout_ms: 50 } })],
    });
    const { api, clock, hosts } = await createApi(conf);
    const predictor = api.fetchPredictor("general_model");
    assert.deepEqual([predictor.endpoint, predictor.variant], ["general_model", "a"]);
    const answer = predictor.inference({ tensors: [x], logId: 7n });
    clock.advance(1);
    assert.equal((await answer).logId, 7n);
    const [{ address, call }] = hosts.attempts as [(typeof hosts.attempts)[0]];
    assert.equal(address, "127.0.0.1:1");
    assert.equal(call.service, "baidu.paddle_serving.predictor.general_model.GeneralModelService");
    assert.deepEqual([call.method, call.timeoutMs, call.compressType, call.logId], ["inference", 50, 0, 7n]);
    assert.deepEqual(generalRequestCodec.decode(call.message).tensors, [x]);
  });

  test("answers a callback as well, and tells it of errors", async () => {
    const { api, clock } = await createApi(onePredictor());
    const predictor = api.fetchPredictor("general_model");
    const end = new Promise((resolve) => {
      predictor.inference({ tensors: [x] }, {}, (error, response) => resolve([error, response?.logId]));
    });
    clock.advance(1);
    assert.deepEqual(await end, [undefined, 7n]);
    const failure = await new Promise<ServeError | undefined>((resolve) => {
      predictor.inference({ tensors: "no" } as never, {}, resolve);
    });
    assert.equal(failure?.message, 'tensors: must be a list of tensors, got "no"');
    await assert.rejects(predictor.inference(null as never), {
      code: Code.invalidArgument,
      message: "the request: must be an object, got null",
    });
  });

  test("gives variants their share of the predictors, and one that is named", async () => {
    const { api } = await createApi(twoVariants);
    const tags = Array.from({ length: 10_000 }, () => api.fetchPredictor("general_model").variant);
    const first = tags.filter((tag) => tag === "a").length;
    assert.ok(Math.abs(first - 1000) < 90, String(first));
    assert.equal(api.fetchPredictor("general_model", { variant: "a" }).variant, "a");
    assert.throws(() => api.fetchPredictor("general_model", { variant: "c" }), {
      code: Code.notFound,
      message: '"general_model" has no variant "c", there is "a", "b"',
    });
  });

  test("calls the servers of one split of a variant", async () => {
    const cluster = "list://127.0.0.1:1 size:small,127.0.0.1:2 size:large,127.0.0.1:3";
    const split = variant("a", "", {
      naming_conf: { cluster },
      split_conf: { split_tag_name: "size", tag_candidates: "small,large" },
    });
    const { api, clock, hosts } = await createApi(onePredictor({ variants: [split] }));
    for (const name of ["small", "large"]) {
      const answer = api.fetchPredictor("general_model", { split: name }).inference({ tensors: [x] });
      clock.advance(1);
      await answer;
    }
    assert.deepEqual(
      hosts.attempts.map(({ address }) => address),
      ["127.0.0.1:1", "127.0.0.1:2"],
    );
    const fetch = (params: object) => () => api.fetchPredictor("general_model", params);
    const where = 'variant "a" of "general_model"';
    assert.throws(fetch({}), { message: `${where} is split by size: say with split which, of small, large` });
    assert.throws(fetch({ split: "smal" }), {
      message: `${where} has no split "smal"; did you mean "small"?`,
    });
    const plain = await createApi(onePredictor());
    assert.throws(() => plain.api.fetchPredictor("general_model", { split: "small" }), {
      message: `${where} is not split: leave split out`,
    });
  });

  test("fails with the error that an answer holds", async () => {
    const message = generalResponseCodec.encode({
      ...emptyResponse,
      errNo: Code.opFailure,
      errMsg: "no luck",
    });
    const { api, clock } = await createApi(onePredictor(), () => answering(message));
    const answer = api.fetchPredictor("general_model").inference({ tensors: [x] });
    clock.advance(1);
    await assert.rejects(answer, { code: Code.opFailure, message: "no luck" });
  });

  test("gives what debug tells beside the response", async () => {
    const answer = { message: generalResponseCodec.encode(emptyResponse), headers: new Map() };
    const script: HostScript = {
      afterMs: 1,
      outcome: { answer: { ...answer, attachment: Buffer.from("2 ms") } },
    };
    const { api, clock, hosts } = await createApi(onePredictor(), () => script);
    const debugged = api.fetchPredictor("general_model").debug({ tensors: [x] });
    clock.advance(1);
    assert.equal((await debugged).info, "2 ms");
    assert.equal(hosts.attempts[0]?.call.method, "debug");
  });

  test("refuses calls above max_in_flight, and lets others in when some are over", async () => {
    const { api, clock, metrics } = await createApi(onePredictor({ max_in_flight: 2 }));
    const predictor = api.fetchPredictor("general_model");
    const calls = [predictor.inference({ tensors: [x] }), predictor.inference({ tensors: [x] })];
    await assert.rejects(predictor.inference({ tensors: [x] }), {
      code: Code.resourceExhausted,
      message: '"general_model" has 2 calls in flight already, its max_in_flight',
    });
    assert.equal(metrics.counted("limit_exceeded_total", { limit: "client_in_flight" }), 1);
    clock.advance(1);
    await Promise.all(calls);
    const another = predictor.inference({ tensors: [x] });
    clock.advance(1);
    await another;
  });

  test("retries at another server as often as the conf says, and names all attempts", async () => {
    const unsent: HostScript = {
      afterMs: 1,
      outcome: { error: new ServeError(Code.unavailable, "no way"), stage: FailureStage.unsent },
    };
    const retried = variant("a", "127.0.0.1:1,127.0.0.1:2", { connection_conf: { connect_retry_count: 1 } });
    const { api, clock, hosts } = await createApi(onePredictor({ variants: [retried] }), () => unsent);
    const answer = api.fetchPredictor("general_model").inference({ tensors: [x] });
    const failed = assert.rejects(answer, (error: ServeError) => {
      assert.deepEqual([error.details.endpoint, error.details.variant], ["general_model", "a"]);
      return error.code === Code.unavailable;
    });
    clock.advance(1);
    clock.advance(100);
    await failed;
    assert.equal(hosts.attempts.length, 2);
  });

  test("cancels the calls of one predictor", async () => {
    const { api, clock } = await createApi(onePredictor());
    const [first, second] = [api.fetchPredictor("general_model"), api.fetchPredictor("general_model")];
    const calls = [first.inference({ tensors: [x] }), second.inference({ tensors: [x] })] as const;
    first.cancel();
    await assert.rejects(calls[0], { code: Code.cancelled });
    clock.advance(1);
    await calls[1];
  });

  test("ends the calls when it is destroyed, and may be created again", async () => {
    const { api, hosts } = await createApi(onePredictor());
    await assert.rejects(api.createFrom(onePredictor()), { message: "is created already: destroy it first" });
    const call = api.fetchPredictor("general_model").inference({ tensors: [x] });
    api.destroy();
    api.destroy();
    await assert.rejects(call, { code: Code.cancelled });
    assert.deepEqual(hosts.closed, ["127.0.0.1:1"]);
    assert.throws(() => api.fetchPredictor("general_model"), {
      message: "there are no endpoints: create it first",
    });
    await api.createFrom(onePredictor());
    assert.throws(() => api.fetchPredictor("general"), {
      code: Code.notFound,
      message: 'no endpoint "general", there is "general_model"',
    });
  });

  test("refuses a predictor that was freed", async () => {
    const { api } = await createApi(onePredictor());
    const predictor = api.fetchPredictor("general_model");
    api.freePredictor(predictor);
    api.freePredictor(predictor);
    await assert.rejects(predictor.inference({ tensors: [x] }), {
      code: Code.invalidArgument,
      message: "the predictor was freed: fetch another",
    });
  });

  test("tells every fault of a conf, also what only balancers and naming know", async () => {
    const wrong = variant("a", "x", { naming_conf: { cluster: "lst://x:1", load_balance_strategy: "lra" } });
    await assert.rejects(new PredictorApi().createFrom(onePredictor({ variants: [wrong] })), {
      code: Code.invalidConf,
      message:
        'the object predictors[0].variants[0].naming_conf.cluster: "lst://" is no naming service; did you mean "list"? there are list://, file://, http://, https:// and a plain host:port\n' +
        'the object predictors[0].variants[0].naming_conf.load_balance_strategy: no load balancer "lra"; did you mean "la"?',
    });
    await assert.rejects(new PredictorApi().createFrom(onePredictor({ service_name: "a.B" })), {
      message:
        "the object predictors[0].service_name: the messages of a.B are not known here: name its .proto with proto_file",
    });
  });
});

function rows(count: number): GeneralTensor {
  return { ...x, shape: [count, 1], data: Float32Array.from({ length: count }, (_, row) => row) };
}

/** Answers with the tensors that came; `afterMs` by the number of rows. */
const echo =
  (afterMs: (rowCount: number) => number = () => 1) =>
  (_: string, __: number, message: Uint8Array): HostScript => {
    const { tensors } = generalRequestCodec.decode(message);
    const answer = generalResponseCodec.encode({
      ...emptyResponse,
      outputs: [{ engineName: "echo", tensors }],
    });
    const outcome = { answer: { message: answer, headers: new Map() } };
    return { afterMs: afterMs(tensors[0]?.shape[0] ?? 0), outcome };
  };

const packed = onePredictor({
  variants: [
    variant("a", "127.0.0.1:1,127.0.0.1:2", {
      rpc_parameter: { package_size: 2, max_channel_per_request: 3, pack_rows: true },
      connection_conf: { rpc_timeout_ms: 50, connect_retry_count: 0 },
    }),
  ],
});

describe("PredictorApi with pack_rows", () => {
  test("splits the rows of a request over calls with one deadline, and merges them in order", async () => {
    const { api, clock, hosts } = await createApi(
      packed,
      echo((count) => (count === 2 ? 5 : 1)),
    );
    const answer = api.fetchPredictor("general_model").inference({ tensors: [rows(5)], logId: 9n });
    const requests = hosts.attempts.map(({ call }) => generalRequestCodec.decode(call.message));
    assert.deepEqual(
      requests.map(({ tensors, logId }) => [tensors[0]?.shape[0], logId]),
      [
        [2, 9n],
        [2, 9n],
        [1, 9n],
      ],
    );
    assert.deepEqual([...new Set(hosts.attempts.map(({ call }) => call.timeoutMs))], [50]);
    clock.advance(1);
    clock.advance(4);
    assert.deepEqual((await answer).outputs[0]?.tensors, [rows(5)]);
  });

  test("fails with the first part that fails, and abandons the others", async () => {
    const failure: HostScript = {
      afterMs: 1,
      outcome: { error: new ServeError(Code.opFailure, "no luck"), stage: FailureStage.answered },
    };
    const script = (address: string, index: number, message: Uint8Array): HostScript =>
      index === 1 ? failure : echo(() => 5)(address, index, message);
    const { api, clock, hosts, metrics } = await createApi(packed, script);
    const answer = api.fetchPredictor("general_model").inference({ tensors: [rows(6)] });
    clock.advance(1);
    await assert.rejects(answer, { code: Code.opFailure, message: "no luck" });
    assert.deepEqual(
      hosts.attempts.map(({ state }) => state),
      ["abandoned", "ended", "abandoned"],
    );
    assert.equal(metrics.counted("limit_exceeded_total", { limit: "client_in_flight" }), 0);
  });

  test("sends whole what cannot be split, and what is not to be", async () => {
    const { api, clock, hosts } = await createApi(packed, echo());
    const ragged = { ...rows(3), lod: [[0, 1, 3]] };
    const answer = api.fetchPredictor("general_model").inference({ tensors: [ragged] });
    clock.advance(1);
    assert.deepEqual((await answer).outputs[0]?.tensors, [ragged]);
    assert.equal(hosts.attempts.length, 1);
    const whole = await createApi(onePredictor(), echo());
    const other = whole.api.fetchPredictor("general_model").inference({ tensors: [rows(100)] });
    whole.clock.advance(1);
    await other;
    assert.equal(whole.hosts.attempts.length, 1);
  });

  test("cancels all parts", async () => {
    const { api, hosts } = await createApi(packed, echo());
    const predictor = api.fetchPredictor("general_model");
    const answer = predictor.inference({ tensors: [rows(5)] });
    predictor.cancel();
    await assert.rejects(answer, { code: Code.cancelled });
    assert.deepEqual(new Set(hosts.attempts.map(({ state }) => state)), new Set(["abandoned"]));
  });
});

describe("PredictorApi with a sticky_key", () => {
  const sticky = {
    ...twoVariants,
    predictors: twoVariants.predictors.map((one) => ({ ...one, sticky_key: "x" })),
  };

  test("calls for equal values the same variant, and others by their weights", async () => {
    const { api, clock, hosts } = await createApi(sticky);
    const predictor = api.fetchPredictor("general_model");
    assert.equal(predictor.variant, undefined);
    const calls = [1, 2, 3].flatMap(() =>
      Array.from({ length: 300 }, (_, user) =>
        predictor.inference({ tensors: [{ ...x, data: Float32Array.of(user, 0) }] }),
      ),
    );
    clock.advance(1);
    await Promise.all(calls);
    const addresses = hosts.attempts.map(({ address }) => address);
    assert.deepEqual(addresses.slice(300, 600), addresses.slice(0, 300));
    assert.deepEqual(addresses.slice(600), addresses.slice(0, 300));
    const first = addresses.slice(0, 300).filter((address) => address.endsWith(":1")).length;
    assert.ok(first > 10 && first < 60, String(first));
  });

  test("leaves requests without the field to the weights, and lets a variant be named", async () => {
    const { api, clock, hosts } = await createApi(sticky);
    const other = { ...x, name: "z", aliasName: "z" };
    const calls = Array.from({ length: 200 }, () =>
      api.fetchPredictor("general_model").inference({ tensors: [other] }),
    );
    assert.equal(new Set(hosts.attempts.map(({ address }) => address)).size, 2);
    const predictor = api.fetchPredictor("general_model", { variant: "b" });
    calls.push(predictor.inference({ tensors: [x] }));
    assert.equal(hosts.attempts.at(-1)?.address, "127.0.0.1:2");
    clock.advance(1);
    await Promise.all(calls);
  });
});

const proto = `syntax = "proto3";
package test;
message EchoRequest {
  string text = 1;
  int32 user_id = 2;
  repeated int32 ids = 3 [ (pds.pack_on) = true ];
  repeated string words = 4 [ (pds.pack_on) = true ];
  repeated string all = 5;
}
message EchoResponse { string text = 1; repeated string words = 2; }
service EchoService { rpc inference(EchoRequest) returns (EchoResponse); rpc shout(EchoRequest) returns (EchoResponse); }
`;

describe("PredictorApi with a .proto", () => {
  let dir = "";
  afterEach(() => rm(dir, { recursive: true }));

  async function createFromFile(text: string) {
    dir = await mkdtemp(join(tmpdir(), "paddlewheel-predictors-"));
    await writeFile(join(dir, "echo.proto"), proto);
    await writeFile(join(dir, "predictors.prototxt"), text);
    const [method] = loadProtoService({ file: join(dir, "echo.proto") }).methods;
    assert.ok(method);
    const clock = new ManualClock();
    const message = method.response.encode({ text: "hello", words: ["w"] });
    const hosts = new ScriptedHosts(clock, [], () => answering(message));
    const api = new PredictorApi({ clock, connect: hosts.connect });
    open.push(api);
    await api.create(dir, "predictors.prototxt");
    return { api, clock, hosts, method };
  }

  const conf = (service: string) => `predictors {
  name: "echo"
  service_name: "${service}"
  proto_file: "echo.proto"
  variants { tag: "a" naming_conf { cluster: "127.0.0.1:1" } }
}`;

  test("calls its methods with plain objects, and names the field of a wrong one", async () => {
    const { api, clock, hosts, method } = await createFromFile(conf("test.EchoService"));
    const predictor = api.fetchPredictor<{ text: string; userId?: number }, { text: string }>("echo");
    const answers = [predictor.inference({ text: "hi", userId: 3 }), predictor.call("shout", { text: "hi" })];
    clock.advance(1);
    assert.deepEqual(
      (await Promise.all(answers)).map(({ text }) => text),
      ["hello", "hello"],
    );
    const [first, second] = hosts.attempts.map(({ call }) => call);
    assert.deepEqual(
      [first?.service, first?.method, second?.method],
      ["test.EchoService", "inference", "shout"],
    );
    assert.deepEqual(method.request.decode(first?.message ?? Buffer.of()), {
      text: "hi",
      userId: 3,
      ids: [],
      words: [],
      all: [],
    });
    await assert.rejects(predictor.inference({ text: 5 as never }), {
      code: Code.invalidArgument,
      message: "text: must be a string, got 5",
    });
    await assert.rejects(predictor.debug({ text: "hi" }), {
      code: Code.methodNotFound,
      message: 'test.EchoService has no method "debug", there is "inference", "shout"',
    });
  });

  test("splits lists with the option pack_on, and merges answers as brpc does", async () => {
    const packing = "rpc_parameter { package_size: 2 max_channel_per_request: 3 }";
    const text = conf("test.EchoService").replace('tag: "a"', `tag: "a" ${packing}`);
    const { api, clock, hosts, method } = await createFromFile(text);
    const predictor = api.fetchPredictor<object, { words: string[] }>("echo");
    const answer = predictor.inference({
      text: "hi",
      ids: Int32Array.of(1, 2, 3),
      words: ["a", "b", "c"],
      all: ["z"],
    });
    assert.deepEqual(
      hosts.attempts.map(({ call }) => method.request.decode(call.message)),
      [
        { text: "hi", userId: 0, ids: Int32Array.of(1, 2), words: ["a", "b"], all: ["z"] },
        { text: "hi", userId: 0, ids: Int32Array.of(3), words: ["c"], all: ["z"] },
      ].map(({ ids, ...others }) => ({ ...others, ids: [...ids] })),
    );
    clock.advance(1);
    assert.deepEqual(await answer, { text: "hello", words: ["w", "w"] });
    const uneven = predictor.inference({ ids: [1, 2, 3], words: ["a"] });
    assert.equal(hosts.attempts.length, 3);
    clock.advance(1);
    await uneven;
  });

  test("refuses a sticky_key that no request has", async () => {
    const text = conf("test.EchoService").replace("variants", 'sticky_key: "user_ids" variants');
    await assert.rejects(createFromFile(text), (error: ServeError) => {
      assert.match(
        error.message,
        /predictors\[0\]\.sticky_key: no request has a field "user_ids"; did you mean "user_id"\?$/,
      );
      return true;
    });
  });

  test("tells at the line of proto_file what is wrong with it", async () => {
    await assert.rejects(createFromFile(conf("test.EchService")), (error: ServeError) => {
      assert.match(
        error.message,
        /predictors\.prototxt:4 predictors\[0\]\.proto_file: .*no service "test\.EchService"/,
      );
      return true;
    });
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { invalidConf } from "@paddlewheel/core";
import { formatDiagnostic } from "../diagnostic.js";
import { memoryFiles, testCwd } from "../testing/conf-set.js";
import { checkPredictorsConf, type PredictorsReport } from "./check-predictors-conf.js";
import type { PredictorVariantConf } from "./predictors-conf.js";
import type { SdkConf } from "./sdk-conf.js";

const texts = {
  cluster(text: string): void {
    if (!text.includes(":")) throw invalidConf([{ path: [], message: `"${text}" is no cluster` }]);
  },
  loadBalanceStrategy: () => {},
  clusterFilterStrategy: () => {},
};

function check(
  text: string,
  others: Readonly<Record<string, string>> = {},
  ending = "prototxt",
): PredictorsReport {
  const files = memoryFiles({ [`conf/predictors.${ending}`]: text, ...others });
  return checkPredictorsConf({ source: "conf", cwd: testCwd, files, texts });
}

function faultsOf(text: string, others?: Readonly<Record<string, string>>): readonly string[] {
  return check(text, others).faults.map(formatDiagnostic);
}

function variantOf(report: PredictorsReport, index = 0): PredictorVariantConf {
  const variant = report.conf?.predictors[0]?.variants[index];
  assert.ok(variant, report.faults.map(formatDiagnostic).join("\n"));
  return variant;
}

const paddle = `default_variant_conf {
  tag: "default"
  connection_conf {
    connect_timeout_ms: 100
    rpc_timeout_ms: 300
    connect_retry_count: 1
    max_connection_per_host: 50
    hedge_request_timeout_ms: 20
    hedge_fetch_retry_count: 1
    connection_type: "short"
  }
  naming_conf {
    cluster_filter_strategy: "zone:a"
    load_balance_strategy: "rr"
  }
  rpc_parameter {
    compress_type: 2
    package_size: 20
    protocol: "http"
    max_channel_per_request: 3
  }
}
predictors {
  name: "ab"
  service_name: "baidu.paddle_serving.predictor.general_model.GeneralModelService"
  endpoint_router: "WeightedRandomRender"
  weighted_random_render_conf { variant_weight_list: "10|90" }
  variants {
    tag: "a"
    naming_conf { cluster: "list://127.0.0.1:1" }
  }
  variants {
    tag: "b"
    connection_conf { rpc_timeout_ms: 500 }
    naming_conf { cluster: "list://127.0.0.1:2" load_balance_strategy: "la" }
    split_conf { split_tag_name: "size" tag_candidates: "small, large" }
  }
}
`;

const minimal = `predictors { variants { tag: "a" naming_conf { cluster: "127.0.0.1:1" } } }`;

/** `minimal` with a variant b, and more. */
function besideMinimal(fields: string): string {
  const b = 'variants { tag: "b" naming_conf { cluster: "127.0.0.1:2" } }';
  return minimal.replace(/ }$/, ` ${b} ${fields} }`);
}

describe("predictors", () => {
  test("have what default_variant_conf says where they say nothing, field by field", () => {
    const report = check(paddle);
    assert.deepEqual(variantOf(report, 1), {
      tag: "b",
      connection: {
        connectTimeoutMs: 100,
        rpcTimeoutMs: 500,
        connectRetryCount: 1,
        maxConnectionPerHost: 50,
        connectionType: "short",
        hedgeAfter: 20,
        retryBudgetShare: 0.1,
        hedgeBudgetShare: 0.05,
      },
      naming: { cluster: "list://127.0.0.1:2", loadBalanceStrategy: "la", clusterFilterStrategy: "zone:a" },
      rpc: {
        protocol: "http",
        compressType: 2,
        packageSize: 20,
        maxChannelPerRequest: 3,
        packRows: false,
      },
      split: { tagName: "size", candidates: ["small", "large"] },
      tls: undefined,
      tokenFile: undefined,
    });
    assert.equal(variantOf(report, 0).connection.rpcTimeoutMs, 300);
    assert.equal(variantOf(report, 0).split, undefined);
    assert.deepEqual(report.conf?.predictors[0]?.weights, [10, 90]);
    assert.deepEqual(report.warnings, []);
  });

  test("have the schema's defaults where nothing is said", () => {
    const { conf } = check(minimal);
    assert.deepEqual(conf?.predictors[0], {
      name: "general_model",
      service: "baidu.paddle_serving.predictor.general_model.GeneralModelService",
      protoFile: undefined,
      variants: [
        {
          tag: "a",
          connection: {
            connectTimeoutMs: 2000,
            rpcTimeoutMs: 20_000,
            connectRetryCount: 2,
            maxConnectionPerHost: 100,
            connectionType: "pooled",
            hedgeAfter: undefined,
            retryBudgetShare: 0.1,
            hedgeBudgetShare: 0.05,
          },
          naming: { cluster: "127.0.0.1:1", loadBalanceStrategy: "la", clusterFilterStrategy: "Default" },
          rpc: {
            protocol: "baidu_std",
            compressType: 0,
            packageSize: 20,
            maxChannelPerRequest: 3,
            packRows: false,
          },
          split: undefined,
          tls: undefined,
          tokenFile: undefined,
        },
      ],
      weights: [1],
      maxInFlight: 10_000,
      stickyKey: undefined,
      shadow: undefined,
      canary: undefined,
    });
  });

  test("copy calls to a shadow, which needs no weight beside a single other variant", () => {
    const report = check(besideMinimal('shadow { variant: "b" tolerance: 2e-3 }'));
    assert.deepEqual(report.conf?.predictors[0]?.weights, [1, 0]);
    assert.deepEqual(report.conf?.predictors[0]?.shadow, {
      variant: "b",
      share: 0.1,
      maxInFlight: 16,
      maxBytes: 1_048_576,
      tolerance: 0.002,
      maxExamples: 0,
    });
    const yaml = `
predictors:
- variants: [{ tag: a, naming_conf: { cluster: "x:1" } }, { tag: b, naming_conf: { cluster: "x:2" } }]
  shadow: { variant: b, tolerance: 2e-3 }
`;
    assert.deepEqual(check(yaml, {}, "yaml").conf?.predictors[0]?.shadow, report.conf?.predictors[0]?.shadow);
  });

  test("try a canary, which needs no weight either", () => {
    const report = check(besideMinimal('canary { variant: "b" max_error_percent: 2 }'));
    assert.deepEqual(report.conf?.predictors[0]?.weights, [1, 0]);
    assert.deepEqual(report.conf?.predictors[0]?.canary, {
      variant: "b",
      share: 0.05,
      windowMs: 10_000,
      minCalls: 50,
      maxErrorShare: 0.02,
      coolDownMs: 0,
      slowMs: 0,
    });
  });

  test("mean the same in YAML and as an object", () => {
    const object: SdkConf = {
      default_variant_conf: { tag: "d", rpc_parameter: { protocol: "grpc" } },
      predictors: [{ variants: [{ tag: "a", naming_conf: { cluster: "127.0.0.1:1" } }] }],
    };
    const yaml = `
default_variant_conf: { tag: d, rpc_parameter: { protocol: grpc } }
predictors:
- variants:
  - { tag: a, naming_conf: { cluster: "127.0.0.1:1" } }
`;
    const fromYaml = check(yaml, {}, "yaml").conf;
    assert.equal(fromYaml?.predictors[0]?.variants[0]?.rpc.protocol, "grpc");
    assert.equal(fromYaml?.predictors[0]?.variants[0]?.connection.connectionType, "single");
    assert.deepEqual(checkPredictorsConf({ source: object, texts, files: memoryFiles({}) }).conf, fromYaml);
  });

  test("hedge after the time, after the 95th percentile, or never", () => {
    const hedgeAfter = (fields: string): unknown => {
      const connection = `connection_conf { ${fields} }`;
      return variantOf(check(minimal.replace('tag: "a"', `tag: "a" ${connection}`))).connection.hedgeAfter;
    };
    assert.equal(hedgeAfter("hedge_request_timeout_ms: 0"), 0);
    assert.equal(hedgeAfter("hedge_after_p95: true"), "p95");
    assert.equal(hedgeAfter("hedge_request_timeout_ms: 5 hedge_fetch_retry_count: 0"), undefined);
  });

  test("name files from the folder of the conf", () => {
    const secured = minimal.replace('tag: "a"', 'tag: "a" token_file: "token" tls { ca_file: "ca.pem" }');
    const variant = variantOf(check(secured, { "conf/token": "t", "conf/ca.pem": "c" }));
    assert.equal(variant.tokenFile, `${testCwd}/conf/token`);
    assert.equal(variant.tls?.caFile, `${testCwd}/conf/ca.pem`);
    assert.deepEqual(faultsOf(secured), [
      `conf/predictors.prototxt:1 predictors[0].variants[0].tls.ca_file: there is no file ${testCwd}/conf/ca.pem`,
      `conf/predictors.prototxt:1 predictors[0].variants[0].token_file: there is no file ${testCwd}/conf/token`,
    ]);
  });

  test("are warned of what has no effect", () => {
    const { warnings } = check(minimal.replace('tag: "a"', 'tag: "a" variant_router: "x"'));
    assert.deepEqual(warnings.map(formatDiagnostic), [
      "conf/predictors.prototxt:1 predictors[0].variants[0].variant_router: has no effect: endpoint_router picks the variant, load_balance_strategy the server of it; remove it",
    ]);
  });
});

describe("faults of predictors", () => {
  test("are told all at once, each at its own line", () => {
    const text = paddle
      .replace('"10|90"', '"10|x"')
      .replace('"list://127.0.0.1:1"', '"nowhere"')
      .replace('tag: "b"', 'tag: "a"')
      .replace("rpc_timeout_ms: 300", "rpc_timeout_ms: 0")
      .replace('tag_candidates: "small, large"', 'tag_candidates: "a:b"')
      .replace("compress_type: 2", "compress_type: 1");
    const at = "conf/predictors.prototxt";
    const packed = "must be one of 0 (none), 2 (gzip) for http, not 1 (snappy)";
    assert.deepEqual(faultsOf(text), [
      `${at}:5 default_variant_conf.connection_conf.rpc_timeout_ms: must be a whole number from 1 to 86400000, not 0`,
      `${at}:17 default_variant_conf.rpc_parameter.compress_type: ${packed}`,
      `${at}:27 predictors[0].weighted_random_render_conf.variant_weight_list: must be whole numbers separated by "|", as "10|90", not "10|x"`,
      `${at}:30 predictors[0].variants[0].naming_conf.cluster: "nowhere" is no cluster`,
      `${at}:33 predictors[0].variants[1].tag: "a" is already taken at ${at}:29: choose another`,
      `${at}:36 predictors[0].variants[1].split_conf.tag_candidates: each candidate must be 1 to 128 characters without blanks, "," and ":", not "a:b"`,
    ]);
  });

  const cases: readonly (readonly [text: string, ...faults: string[]])[] = [
    ["", " predictors: is missing, name at least one"],
    ["predictors { }", ":1 predictors[0].variants: is missing, name at least one"],
    [
      'predictors { variants { tag: "a" } }',
      ":1 predictors[0].variants[0].naming_conf: has no cluster, and neither has default_variant_conf: say where the servers are",
    ],
    [
      `${minimal} ${minimal}`,
      ':1 predictors[1].name: "general_model" is already taken at conf/predictors.prototxt:1: choose another',
    ],
    [
      `${minimal} ${minimal.replace("variants", 'name: "a,b" variants')}`,
      ':1 predictors[1].name: must be 1 to 128 characters without commas, control characters or blanks at its ends, not "a,b"',
    ],
    [
      paddle.replace("10|90", "10"),
      ":27 predictors[0].weighted_random_render_conf.variant_weight_list: has 1 weights for 2 variants: give one for each",
    ],
    [
      paddle.replace("10|90", "0|0"),
      ":27 predictors[0].weighted_random_render_conf.variant_weight_list: must have a sum above 0, or no variant would be called",
    ],
    [
      paddle.replace("10|90", "2147483647|1"),
      ":27 predictors[0].weighted_random_render_conf.variant_weight_list: must have a sum of at most 2147483647, not 2147483648",
    ],
    [
      paddle.replace(/weighted_random_render_conf.*\n/, "\n"),
      ":23 predictors[0].weighted_random_render_conf: is missing, 2 variants need weights: write variant_weight_list",
    ],
    [
      paddle.replace('split_tag_name: "size"', ""),
      ":36 predictors[0].variants[1].split_conf.tag_candidates: stands without split_tag_name: write both",
    ],
    [
      paddle.replace("small, large", "small,small"),
      ":36 predictors[0].variants[1].split_conf.tag_candidates: names a candidate twice",
    ],
    [
      minimal.replace('tag: "a"', 'tag: "a" tls { key_file: "predictors.prototxt" }'),
      ":1 predictors[0].variants[0].tls.key_file: stands without cert_file: write both",
    ],
    [
      minimal.replace(
        'tag: "a"',
        'tag: "a" connection_conf { connection_type: "single" } rpc_parameter { protocol: "http" }',
      ),
      ":1 predictors[0].variants[0].connection_conf.connection_type: must be pooled or short for http, where a connection has one call at a time",
    ],
    [
      minimal.replace(
        'tag: "a"',
        'tag: "a" connection_conf { connection_type: "short" } rpc_parameter { protocol: "grpc" }',
      ),
      ':1 predictors[0].variants[0].connection_conf.connection_type: must be single for grpc, whose calls share a connection, not "short"',
    ],
    [
      minimal.replace("variants", 'endpoint_router: "Other" variants'),
      ':1 predictors[0].endpoint_router: must be one of WeightedRandomRender, not "Other"',
    ],
    [
      minimal.replace("variants", 'proto_file: "x.proto" variants'),
      `:1 predictors[0].proto_file: there is no file ${testCwd}/conf/x.proto`,
    ],
    [
      besideMinimal('shadow { variant: "bb" }'),
      ":1 predictors[0].weighted_random_render_conf: is missing, 2 variants need weights: write variant_weight_list",
      ':1 predictors[0].shadow.variant: there is no variant "bb"; did you mean "b"?',
    ],
    [
      minimal.replace(/ }$/, ' shadow { variant: "a" } }'),
      ':1 predictors[0].shadow.variant: no variant but "a" itself has a weight above 0: name another',
    ],
    [
      paddle.replace("10|90", "0|1").replace(/}\n$/, 'shadow { variant: "b" }\n}\n'),
      ':38 predictors[0].shadow.variant: no variant but "b" itself has a weight above 0: name another',
    ],
    [
      paddle.replace(/}\n$/, 'shadow { variant: "a" }\n}\n'),
      ':38 predictors[0].shadow.variant: "a" is split otherwise than "b": give both one split_conf',
    ],
    [
      besideMinimal('shadow { variant: "a" } canary { variant: "b" }'),
      ":1 predictors[0].weighted_random_render_conf: is missing, 2 variants need weights: write variant_weight_list",
    ],
    [
      paddle.replace(/}\n$/, 'canary { variant: "A" }\n}\n'),
      ':38 predictors[0].canary.variant: there is no variant "A"; did you mean "a"?',
    ],
    [
      besideMinimal('weighted_random_render_conf { variant_weight_list: "1|1" } canary { variant: "b" }'),
      ':1 predictors[0].canary.variant: "b" has a weight above 0, but percent gives its share: make the weight 0',
    ],
    [
      minimal.replace(/ }$/, ' canary { variant: "a" percent: 100 } }'),
      ":1 predictors[0].canary.percent: must be a whole number from 1 to 99, not 100",
      ':1 predictors[0].canary.variant: no variant but "a" itself has a weight above 0: name another',
      ':1 predictors[0].canary.variant: "a" has a weight above 0, but percent gives its share: make the weight 0',
    ],
    [
      besideMinimal('shadow { variant: "b" tolerance: 1.5 }'),
      ":1 predictors[0].shadow.tolerance: must be a number from 0 to 1, not 1.5",
    ],
    [
      besideMinimal('shadow { variant: "b" tolerance: nan }'),
      ":1 predictors[0].shadow.tolerance: must be a number from 0 to 1, not NaN",
    ],
    [
      besideMinimal('shadow { variant: "b" tolerance: "1" }'),
      ':1 predictors[0].shadow.tolerance: must be a number, not "1"',
    ],
  ];
  for (const [text, ...faults] of cases) {
    test(`are refused:${faults.join("")}`, () =>
      assert.deepEqual(
        faultsOf(text),
        faults.map((fault) => `conf/predictors.prototxt${fault}`),
      ));
  }

  test("of an object have no line", () => {
    const { faults } = checkPredictorsConf({ source: { predictors: [] }, texts, files: memoryFiles({}) });
    assert.deepEqual(faults.map(formatDiagnostic), ["the object predictors: is missing, name at least one"]);
  });

  test("are told of a file that is not there", () => {
    const { faults } = checkPredictorsConf({ source: "x.yaml", cwd: testCwd, files: memoryFiles({}), texts });
    assert.deepEqual(faults.map(formatDiagnostic), ["x.yaml: there is no such file"]);
  });
});

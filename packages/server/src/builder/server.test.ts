import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadServerConf } from "@paddlewheel/conf";
import {
  Code,
  defaultBatchingConf,
  defaultSessionConf,
  latestVersion,
  type Merger,
  OpWithChannel,
} from "@paddlewheel/core";
import { RecordingLogger } from "@paddlewheel/core/testing";
import { createRegistries, knownNames } from "../registries.js";
import type { ModelConfig } from "./model-options.js";
import type { OpGraph } from "./op-graph.js";
import { OpGraphMaker } from "./op-graph-maker.js";
import { OpMaker } from "./op-maker.js";
import { OpSeqMaker } from "./op-seq-maker.js";
import { Server } from "./server.js";
import { OwnModelOp, TopKOp } from "./testing/shop-ops.js";

const modelDir = fileURLToPath(new URL("../../../../examples/fit_a_line/uci_housing_model", import.meta.url));

/** Reader, one GeneralInferOp for each engine, response. */
function graphOf(name: string, ...engines: readonly string[]): OpGraph {
  const op = new OpMaker();
  const read = op.create("general_reader");
  const infers = engines.map((engineName) => op.create("general_infer", { engineName, inputs: [read] }));
  const response = op.create("general_response", { inputs: infers.length > 0 ? infers : [read] });
  return new OpGraphMaker({ name }).addOp(read, ...infers, response).getOpGraph();
}

function serverOf(graph: OpGraph, models: ModelConfig = []): Server {
  const server = new Server();
  server.setOpGraph(graph);
  server.loadModelConfig(models);
  return server;
}

function faults(server: Server): readonly string[] {
  try {
    server.toConf();
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, Code.invalidConf);
    return error.message.split("\n");
  }
  assert.fail("the server was not refused");
}

const sum: Merger = { name: "sum", merge: (target) => target };

describe("the conf of a built server", () => {
  test("is that of Paddle Serving for a sequence and a model", () => {
    const op = new OpMaker();
    const sequence = new OpSeqMaker()
      .addOp(op.create("general_reader"))
      .addOp(op.create("general_infer"))
      .addOp(op.create("general_response"));
    const server = new Server();
    server.setOpSequence(sequence.getOpSequence());
    server.loadModelConfig(modelDir);
    const { engines, ...conf } = server.toConf();
    assert.deepEqual(conf, {
      port: 9292,
      services: [
        {
          name: "GeneralModelService",
          merger: "default",
          workflows: ["workflow1"],
          workflowMap: undefined,
          isParallel: false,
          webService: undefined,
          proto: undefined,
          restful: undefined,
        },
      ],
      workflows: [sequence.getOpSequence().conf],
      opModules: [],
    });
    const [{ model, ...engine } = assert.fail()] = engines;
    assert.deepEqual(engine, {
      name: "GeneralInferOp_0",
      type: "PADDLE_INFER",
      modelDir,
      reloadableMeta: join(modelDir, "fluid_time_file"),
      reloadableType: "timestamp_ne",
      versions: latestVersion,
      reloadIntervalMs: undefined,
      isEncrypted: false,
      keyFile: undefined,
      doneFile: undefined,
      runtimeThreadNum: 0,
      placement: "auto",
      isolation: "thread",
      maxRunMs: undefined,
      maxQueueSize: 1024,
      requestCacheSize: undefined,
      batchInferSize: 32,
      enableOverrun: false,
      allowSplitRequest: true,
      batching: defaultBatchingConf,
      session: defaultSessionConf,
    });
    assert.deepEqual(
      model?.feedVars.map(({ aliasName }) => aliasName),
      ["x"],
    );
  });

  test("gives models to the nodes in their order, or by name", () => {
    const graph = graphOf("ensemble", "cnn", "bow");
    const folder = relative(process.cwd(), modelDir);
    for (const models of [[modelDir, folder], { bow: folder, cnn: { modelDir: folder } }]) {
      const { engines } = serverOf(graph, models).toConf();
      const found = new Map(engines.map((engine) => [engine.name, engine.modelDir]));
      assert.deepEqual(found, new Map([...["cnn", "bow"].map((name) => [name, modelDir] as const)]));
    }
  });

  test("has the numbers of the setters in turn, and those of one model over them", () => {
    const server = serverOf(graphOf("ensemble", "a", "b", "c"), [modelDir, modelDir, modelDir]);
    server.setRuntimeThreadNum([1, 2]);
    server.setBatchInferSize(8);
    const numbers = () =>
      server.toConf().engines.map((engine) => [engine.runtimeThreadNum, engine.batchInferSize]);
    assert.deepEqual(numbers(), [
      [1, 8],
      [2, 8],
      [1, 8],
    ]);
    const own = { modelDir, batchInferSize: 1, placement: "inline", reloadableType: "none" } as const;
    server.loadModelConfig({ a: modelDir, b: own, c: modelDir });
    assert.deepEqual(numbers()[1], [2, 1]);
    assert.equal(server.toConf().engines[1]?.placement, "inline");
    assert.equal(server.toConf().engines[1]?.reloadableMeta, undefined);
  });

  test("has every service with its workflows, each once, and one engine for two nodes of its name", () => {
    const [fast, exact] = [graphOf("fast", "uci"), graphOf("exact", "uci")];
    const registries = createRegistries();
    registries.services.set("OtherService", () => ({ name: "x.OtherService", methods: [] }));
    const server = new Server({ registries })
      .addService({ workflows: [fast, exact], merger: sum, isParallel: true, webService: "uci" })
      .addService({
        name: "OtherService",
        workflowMap: {
          requestField: "kind",
          workflows: { fast: [fast], both: [fast, graphOf("exact", "uci")] },
        },
      });
    server.loadModelConfig({ uci: modelDir });
    const { services, workflows, engines } = server.toConf();
    assert.deepEqual(services, [
      {
        name: "GeneralModelService",
        merger: "sum",
        workflows: ["fast", "exact"],
        workflowMap: undefined,
        isParallel: true,
        webService: "uci",
        proto: undefined,
        restful: undefined,
      },
      {
        name: "OtherService",
        merger: "default",
        workflows: [],
        workflowMap: {
          requestField: "kind",
          workflows: new Map([
            ["fast", ["fast"]],
            ["both", ["fast", "exact"]],
          ]),
        },
        isParallel: false,
        webService: undefined,
        proto: undefined,
        restful: undefined,
      },
    ]);
    assert.deepEqual(workflows, [fast.conf, exact.conf]);
    assert.deepEqual(
      engines.map(({ name }) => name),
      ["uci"],
    );
  });

  test("is written to the workdir, and read from there as it is", async () => {
    const workdir = await mkdtemp(join(tmpdir(), "paddlewheel-builder-"));
    try {
      const op = new OpMaker();
      const read = op.create("general_reader");
      const infers = ["a", "b"].map((name) => op.create(OwnModelOp, { name, inputs: [read] }));
      const top = op.create(TopKOp, { inputs: infers });
      const server = serverOf(new OpGraphMaker().addOp(read, ...infers, top).getOpGraph(), [
        modelDir,
        modelDir,
      ]);
      const folder = join(workdir, "new", "folder");
      server.prepareServer({ port: 9301, workdir: folder });
      const registries = createRegistries();
      registries.ops.register(OwnModelOp).register(TopKOp);
      const { conf, warnings } = loadServerConf({ dir: folder, known: knownNames(registries) });
      assert.deepEqual(warnings, []);
      const opModules = [fileURLToPath(new URL("testing/shop-ops.js", import.meta.url))];
      assert.deepEqual(conf, { ...server.toConf(), opModules });
      assert.equal(conf.port, 9301);
      assert.match(await readFile(join(folder, "workflow.prototxt"), "utf8"), /^ops: ".*shop-ops\.js"$/m);
      assert.deepEqual(new Set(await readdir(folder)), new Set(server.toPrototxt().keys()));
    } finally {
      await rm(workdir, { recursive: true });
    }
  });

  test("leaves the port open when any will do", () => {
    const server = serverOf(graphOf("echo"));
    server.setPort(0);
    assert.equal(server.toConf().port, undefined);
    assert.equal(server.toYaml().get("infer_service.yaml")?.includes("port"), false);
  });
});

describe("a server is refused", () => {
  test("without a service", () => {
    assert.deepEqual(faults(new Server()), [
      "server: has no service: call setOpSequence, setOpGraph or addService",
    ]);
  });

  test("for a model folder that is not there", () => {
    assert.deepEqual(faults(serverOf(graphOf("rank", "a", "b"), { a: modelDir, b: "/no/model" })), [
      'engine "b" modelDir: there is no folder "/no/model": looked for /no/model',
    ]);
    assert.deepEqual(faults(serverOf(graphOf("rank", "a"), "/no/model")), [
      'engine "a" modelDir: there is no folder "/no/model": looked for /no/model',
    ]);
  });

  test("for a node without a model", () => {
    assert.deepEqual(faults(serverOf(graphOf("rank", "classify", "cnn"), { clasify: modelDir })), [
      'graph "rank" node "classify": GeneralInferOp runs the model of its node\'s name, which has no folder; did you mean "clasify"?',
      'graph "rank" node "cnn": GeneralInferOp runs the model of its node\'s name, which has no folder: call loadModelConfig({ "cnn": folder })',
    ]);
    assert.equal(faults(serverOf(graphOf("rank", "uci"))).length, 1);
  });

  test("for another number of models than nodes that run one", () => {
    assert.deepEqual(faults(serverOf(graphOf("rank", "a", "b"), modelDir)), [
      'loadModelConfig: has 1 folders for the nodes that run a model, "a", "b": give one folder for each, or name them, { node: folder }',
    ]);
  });

  test("for two graphs or two services of one name", () => {
    const server = new Server()
      .addService({ workflows: [graphOf("rank")] })
      .addService({ workflows: [graphOf("rank", "uci")] });
    server.loadModelConfig(modelDir);
    assert.deepEqual(faults(server), [
      'service "GeneralModelService": is there twice: one service takes several workflows',
      'graph "rank": another graph of the server has this name: give its maker another',
    ]);
  });

  test("for an Op or a merger that takes the name of another", () => {
    class Impostor extends OpWithChannel<string> {
      static readonly type: string = "GeneralCopyOp";
      inference(): void {}
    }
    const graph = new OpGraphMaker().addOp(new OpMaker().create(Impostor)).getOpGraph();
    const server = new Server().addService({ workflows: [graph], merger: { ...sum, name: "default" } });
    assert.deepEqual(faults(server), [
      'service "GeneralModelService" merger: there is another merger named "default": give this one a name of its own',
      'graph "workflow1" node "GeneralCopyOp_0" type: there is another Op of the type "GeneralCopyOp": give the class Impostor a static type of its own',
    ]);
  });

  test("for what conf refuses, in the words of the builder", () => {
    const server = new Server()
      .addService({ name: "GenralModelService", workflows: [graphOf("rank", "uci")], merger: "sum" })
      .addService({ workflows: [], webService: "a/b" });
    server.loadModelConfig({ uci: { modelDir, type: "ONYX", batchInferSize: -1, runtimeThreadNum: 1000 } });
    server.setPort(93930);
    const lines = faults(server);
    assert.deepEqual(lines.slice(0, 5), [
      "server port: must be a whole number from 0 to 65535, not 93930",
      'service "GenralModelService" name: no service named "GenralModelService"; did you mean "GeneralModelService"?',
      'service "GenralModelService" merger: no merger named "sum", there is "default"',
      'service "GeneralModelService" workflows: is missing, name at least one workflow',
      lines[4],
    ]);
    assert.match(lines[4] ?? "", /^service "GeneralModelService" webService: must be /);
    assert.deepEqual(lines.slice(5), [
      'engine "uci" type: no engine type named "ONYX"; did you mean "ONNX"?',
      'engine "uci" runtimeThreadNum: must be a whole number from 0 to 256, not 1000',
      'engine "uci" batchInferSize: must be a whole number from 0 to 65536, not -1',
    ]);
  });

  test("for names that conf cannot hold", () => {
    const op = new OpMaker();
    const graph = new OpGraphMaker({ name: "a,b" }).addOp(op.create("general_reader", { name: " x" }));
    const lines = faults(serverOf(graph.getOpGraph()));
    assert.match(
      lines[0] ?? "",
      /^(graph "a,b" name|service "GeneralModelService" workflows\[0\]): must be /,
    );
    assert.ok(
      lines.some((line) => line.startsWith('graph "a,b" node " x" name: must be ')),
      lines.join("\n"),
    );
  });

  test("when its folder is to be written and nobody knows where an Op is from", () => {
    class HomelessOp extends OpWithChannel<string> {
      inference(): void {}
    }
    const server = serverOf(new OpGraphMaker().addOp(new OpMaker().create(HomelessOp)).getOpGraph());
    assert.equal(server.toConf().workflows.length, 1);
    assert.throws(() => server.toPrototxt(), {
      message:
        'graph "workflow1" node "HomelessOp_0": conf cannot name the Op HomelessOp: give the class "static readonly module = import.meta.url", and export it from that file',
    });
  });
});

describe("a built server", () => {
  const isReady = async (port: number) =>
    (await fetch(`http://127.0.0.1:${port}/health/ready`)).status === 200;

  test("runs, refuses to run twice, stops, and runs again", async () => {
    const server = serverOf(graphOf("echo"));
    server.prepareServer({ port: 0 });
    const first = await server.runServer();
    assert.ok(await isReady(first.port));
    await assert.rejects(server.runServer(), { message: "the server runs already: stop it first" });
    await server.stop();
    await server.stop();
    await assert.rejects(isReady(first.port));
    const second = await server.runServer();
    assert.ok(await isReady(second.port));
    await server.stop();
  });

  test("can be started again when its port was taken", async () => {
    await using first = serverOf(graphOf("echo"));
    first.setPort(0);
    const { port } = await first.runServer();
    await using second = serverOf(graphOf("echo"));
    second.setPort(port);
    await assert.rejects(second.runServer());
    second.setPort(0);
    assert.ok(await isReady((await second.runServer()).port));
  });

  test("logs what its models leave to say, in the words of the builder", async () => {
    const logger = new RecordingLogger();
    await using server = new Server({ logger });
    server.setOpGraph(graphOf("rank", "uci"));
    server.loadModelConfig(modelDir);
    server.setBatchInferSize(0);
    server.setPort(0);
    await server.runServer();
    assert.equal(
      logger.lines.find(({ level }) => level === "warn")?.message,
      'engine "uci" batchInferSize: 0 stands for the default, 32: remove it, or write 1 for no batches',
    );
  });

  test("keeps its limits", async () => {
    await using server = serverOf(graphOf("echo"));
    server.setPort(0);
    server.setMaxBodySize(10);
    const { port } = await server.runServer();
    const response = await fetch(`http://127.0.0.1:${port}/GeneralModelService/inference`, {
      method: "POST",
      body: JSON.stringify({ tensor: [] }),
    });
    assert.equal(response.status, 413);
  });
});

import { type Merger, OpWithChannel } from "@paddlewheel/core";
import { OpGraphMaker, type OpMaker, OpSeqMaker, Server } from "@paddlewheel/server";
import { modelFolder } from "../cli/example.js";

/** Code that builds what cannot be served, and what the error it gets says. */
export interface BuilderFault {
  readonly what: string;
  readonly build: (op: OpMaker) => unknown;
  readonly lines: readonly string[];
}

class TopOp extends OpWithChannel<string, unknown, string> {
  inference(): void {}
}

/** Of another module, say. */
const otherTopOp = class TopOp extends OpWithChannel<string, unknown, string> {
  inference(): void {}
};

const ownMerger: Merger = { name: "default", merge: (target) => target };

/** Of nodes and their graphs. */
const graphs: readonly BuilderFault[] = [
  {
    what: "a built-in Op that there is not",
    build: (op) => op.create("general_inferr" as "general_infer"),
    lines: ['no built-in Op named "general_inferr"; did you mean "general_infer"?'],
  },
  {
    what: "two names for one node",
    build: (op) => op.create("general_infer", { name: "rank", engineName: "uci" }),
    lines: [
      'GeneralInferOp: the name "rank" and the engineName "uci" differ: a node runs the engine of its own name, give one of them',
    ],
  },
  {
    what: "an input that was not added",
    build: (op) => {
      const read = op.create("general_reader", { name: "read" });
      return new OpGraphMaker()
        .addOp(op.create("general_copy", { name: "top", inputs: [read] }))
        .getOpGraph();
    },
    lines: ['graph "workflow1" node "top" inputs[0]: the node "read" is not in the graph: add it with addOp'],
  },
  {
    what: "no node",
    build: () => new OpGraphMaker({ name: "rank" }).getOpGraph(),
    lines: ['graph "rank": workflow "rank" has no nodes, it needs at least one: add it with addOp'],
  },
  {
    what: "two last nodes",
    build: (op) =>
      new OpGraphMaker().addOp(op.create("general_reader"), op.create("general_reader")).getOpGraph(),
    lines: [
      'graph "workflow1": workflow "workflow1" ends with 2 nodes ("GeneralReaderOp_0", "GeneralReaderOp_1"), the last stage must be exactly one: its output is the response, let one depend on the others',
    ],
  },
  {
    what: "two nodes of one name",
    build: (op) => {
      const read = op.create("general_reader", { name: "read" });
      const copy = op.create("general_copy", { name: "read", inputs: [read] });
      return new OpGraphMaker().addOp(read, copy).getOpGraph();
    },
    lines: [
      'graph "workflow1" node "read" name: node name "read" is already taken by nodes[0] of workflow "workflow1": give it another',
    ],
  },
  {
    what: "two Op classes of one type",
    build: (op) => {
      const first = op.create(TopOp);
      return new OpGraphMaker().addOp(first, op.create(otherTopOp, { inputs: [first] })).getOpGraph();
    },
    lines: [
      'graph "workflow1" node "TopOp_1" type: there is another Op of the type "TopOp": give the class TopOp a static type of its own',
    ],
  },
  {
    what: "a sequence whose node takes something else than what comes before it",
    build: (op) => {
      const read = op.create("general_reader", { name: "read" });
      const copy = op.create("general_copy", { name: "copy" });
      const top = op.create("general_copy", { name: "top", inputs: [read] });
      return new OpSeqMaker().addOp(read).addOp(copy).addOp(top).getOpSequence();
    },
    lines: [
      'graph "workflow1" node "top" inputs: a node of a sequence may have only the node before it, "copy": use OpGraphMaker for other inputs',
    ],
  },
  {
    what: "controls that cannot be",
    build: (op) => {
      const options = { when: "startup_op.x >", timeoutMs: 0, retries: 11, retryBackoffMs: 60_001 };
      return new OpGraphMaker().addOp(op.create("general_reader", { name: "read", ...options })).getOpGraph();
    },
    lines: [
      'graph "workflow1" node "read" timeoutMs: timeout_ms is 0, must be a whole number from 1 to 86400000',
      'graph "workflow1" node "read" retries: retries is 11, must be a whole number from 0 to 10',
      'graph "workflow1" node "read" retryBackoffMs: retry_backoff_ms is 60001, must be a whole number from 0 to 60000',
      'graph "workflow1" node "read" when: column 15: expected a value, found the end',
    ],
  },
  {
    what: "options that the Op does not take",
    build: (op) => {
      const config = { k: 5 } as never;
      return new OpGraphMaker().addOp(op.create("general_reader", { name: "read", config })).getOpGraph();
    },
    lines: ['graph "workflow1" node "read" config.k: no option named "k": the Op takes none, remove it'],
  },
];

/** Of servers. */
const servers: readonly BuilderFault[] = [
  {
    what: "a server of nothing",
    build: () => new Server().toConf(),
    lines: ["server: has no service: call setOpSequence, setOpGraph or addService"],
  },
  {
    what: "services, graphs and mergers twice",
    build: (op) => {
      const east = new OpGraphMaker({ name: "rank" }).addOp(op.create("general_reader")).getOpGraph();
      const west = new OpGraphMaker({ name: "rank" }).addOp(op.create("general_text_reader")).getOpGraph();
      return new Server()
        .addService({ workflows: [east], merger: ownMerger })
        .addService({ workflows: [west] })
        .toConf();
    },
    lines: [
      'service "GeneralModelService" merger: there is another merger named "default": give this one a name of its own',
      'service "GeneralModelService": is there twice: one service takes several workflows',
      'graph "rank": another graph of the server has this name: give its maker another',
    ],
  },
  {
    what: "a model without a folder",
    build: (op) => {
      const server = new Server();
      server.setOpGraph(new OpGraphMaker().addOp(op.create("general_infer", { name: "rank" })).getOpGraph());
      return server.toConf();
    },
    lines: [
      'graph "workflow1" node "rank": GeneralInferOp runs the model of its node\'s name, which has no folder: call loadModelConfig({ "rank": folder })',
    ],
  },
  {
    what: "more folders than models",
    build: (op) => {
      const server = new Server();
      server.setOpGraph(new OpGraphMaker().addOp(op.create("general_infer", { name: "rank" })).getOpGraph());
      server.loadModelConfig([modelFolder, modelFolder]);
      return server.toConf();
    },
    lines: [
      'loadModelConfig: has 2 folders for the nodes that run a model, "rank": give one folder for each, or name them, { node: folder }',
    ],
  },
  {
    what: "a model that cannot be",
    build: (op) => {
      const server = new Server();
      server.setOpGraph(new OpGraphMaker().addOp(op.create("general_infer", { name: "rank" })).getOpGraph());
      server.loadModelConfig({ rank: { modelDir: "/no/such/model", batchInferSize: -1 } });
      return server.toConf();
    },
    lines: [
      'engine "rank" modelDir: there is no folder "/no/such/model": looked for /no/such/model',
      'engine "rank" batchInferSize: must be a whole number from 0 to 65536, not -1',
    ],
  },
  {
    what: "a class that conf cannot name",
    build: (op) =>
      new OpGraphMaker()
        .addOp(op.create(TopOp, { name: "top" }))
        .getOpGraph()
        .toPrototxt(),
    lines: [
      'graph "workflow1" node "top": conf cannot name the Op TopOp: give the class "static readonly module = import.meta.url", and export it from that file',
    ],
  },
];

export const builderFaults: readonly BuilderFault[] = [...graphs, ...servers];

// The code of docs/builders.md; builder.test.ts compares the regions with the page and runs them.
import { OpWithChannel } from "@paddlewheel/core";
// #region import
import { itemsOf, OpGraphMaker, OpMaker, OpSeqMaker, Server } from "@paddlewheel/server";
// #endregion
import { CapOp } from "./cap-op.js";

/** A server of the page that runs. */
export interface Running {
  readonly server: Server;
  readonly port: number;
}

export async function sequence(): Promise<Running> {
  // #region sequence
  const op = new OpMaker();
  const sequence = new OpSeqMaker()
    .addOp(op.create("general_reader"))
    .addOp(op.create("general_infer"))
    .addOp(op.create("general_response"));

  const server = new Server();
  server.setOpSequence(sequence.getOpSequence());
  server.loadModelConfig("uci_housing_model");
  server.setNumThreads(4);
  server.prepareServer({ workdir: "workdir", port: 0 }); // any free port
  const { port } = await server.runServer(); // resolves when it takes calls
  // #endregion
  return { server, port };
}

export async function graph(): Promise<Running> {
  const server = new Server();
  // #region graph
  const op = new OpMaker();
  const read = op.create("general_reader");
  const east = op.create("general_infer", { engineName: "east", inputs: [read] });
  const west = op.create("general_infer", { engineName: "west", inputs: [read] });
  const response = op.create("general_response", { inputs: [east, west] });

  const graph = new OpGraphMaker({ type: "Parallel" }).addOp(read, east, west, response);
  server.setOpGraph(graph.getOpGraph());
  server.loadModelConfig({
    east: "uci_housing_model",
    west: { modelDir: "uci_housing_model", batchInferSize: 8, placement: "inline" },
  });
  // #endregion
  server.setPort(0);
  return { server, port: (await server.runServer()).port };
}

// #region op-types
class CountOp extends OpWithChannel<{ readonly rows: number[] }> {
  inference(): void {}
}

class LabelOp extends OpWithChannel<string, unknown, number> {
  inference(): void {}
}

class JoinOp extends OpWithChannel<string, unknown, readonly string[]> {
  inference(): void {}
}
// #endregion

export function typed(op: OpMaker): void {
  const read = op.create("general_reader");
  const infer = op.create("general_infer", { inputs: [read] });
  // #region typed
  const count = op.create(CountOp, { inputs: [infer] });

  // @ts-expect-error GeneralResponseOp takes a GeneralBlob
  op.create("general_response", { inputs: [count] });
  // @ts-expect-error nor can it come behind a CountOp in a sequence
  new OpSeqMaker().addOp(op.create(CountOp)).addOp(op.create("general_response"));
  // @ts-expect-error the limit of a CapOp is a number
  op.create(CapOp, { inputs: [infer], config: { limit: "20" } });
  // #endregion
  // #region mapped
  const labels = op.createMapped(LabelOp, { mapOver: itemsOf(count, "rows"), mapConcurrency: 4 });
  op.create(JoinOp, { inputs: [labels] }); // takes string[]
  // #endregion
}

export async function service(): Promise<Running> {
  const server = new Server();
  const op = new OpMaker();
  // #region controls
  const read = op.create("general_reader");
  const spare = op.create("general_infer", { engineName: "small", inputs: [read] });
  const infer = op.create("general_infer", {
    engineName: "uci",
    inputs: [read],
    timeoutMs: 200,
    retries: 1,
    fallback: spare, // comes into the graph with its node
  });
  const cap = op.create(CapOp, {
    inputs: [{ node: infer, mode: "RW" }], // reads and changes it; a node alone is read, "RO"
    config: { limit: 15 },
  });
  const response = op.create("general_response", { inputs: [cap] });
  // #endregion
  const capped = new OpGraphMaker().addOp(read, infer, cap, response).getOpGraph();
  // #region service
  server.addService({ workflows: [capped], webService: "uci" }); // POST /uci/prediction
  // #endregion
  server.loadModelConfig({ uci: "uci_housing_model", small: "uci_housing_model" });
  server.prepareServer({ port: 0, workdir: "capped" });
  return { server, port: (await server.runServer()).port };
}

export function written(server: Server): ReadonlyMap<string, string> {
  // #region written
  const files = server.toPrototxt(); // text by file: infer_service.prototxt, workflow.prototxt, …
  // #endregion
  return files;
}

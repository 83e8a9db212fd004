import { type ModelOptions, OpMaker, OpSeqMaker, Server } from "@paddlewheel/server";

/** A server in this process that takes calls of GeneralModelService for one model; the engine is `GeneralInferOp_0`. */
export async function startGeneralServer(model: ModelOptions): Promise<{ server: Server; port: number }> {
  const op = new OpMaker();
  const sequence = new OpSeqMaker()
    .addOp(op.create("general_reader"))
    .addOp(op.create("general_infer"))
    .addOp(op.create("general_response"));
  const server = new Server();
  server.setOpSequence(sequence.getOpSequence());
  server.loadModelConfig({ GeneralInferOp_0: model });
  server.prepareServer({ port: 0 });
  return { server, port: (await server.runServer()).port };
}

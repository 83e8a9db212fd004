import { toPrediction } from "@paddlewheel/client";
import { generalResponseCodec } from "@paddlewheel/wire";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { UsageError } from "../usage-error.js";
import { openTarget } from "./open-target.js";
import { readRequestMessage } from "./read-request.js";
import { renderPrediction } from "./render-prediction.js";

/** Runs `paddlewheel call`. */
export async function call({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [host] = positionals;
  if (host === undefined) throw new UsageError("call: name the server: host:port or a URL");
  const message = readRequestMessage(values);
  const { target, requestOf } = await openTarget(host, values);
  try {
    const answer = await target.call(requestOf(message));
    const prediction = toPrediction(generalResponseCodec.decode(answer.message));
    terminal.out.write(`${renderPrediction(prediction)}\n`);
    return ExitCode.ok;
  } finally {
    target.close();
  }
}

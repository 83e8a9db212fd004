import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { UsageError } from "../usage-error.js";
import { openTarget } from "./open-target.js";
import { readServiceMessage } from "./service-message.js";

/** Runs `paddlewheel call`. */
export async function call({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [host] = positionals;
  if (host === undefined) throw new UsageError("call: name the server: host:port or a URL");
  const message = readServiceMessage(values);
  const { target, request } = await openTarget(host, values, { message });
  try {
    const answer = await target.call(request);
    terminal.out.write(`${message.render(answer.message)}\n`);
    return ExitCode.ok;
  } finally {
    target.close();
  }
}

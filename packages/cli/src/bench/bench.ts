import type { CallRequest, ConnectedTarget } from "@paddlewheel/client";
import { Code, ServeError, systemClock } from "@paddlewheel/core";
import { type OpenOptions, openTarget } from "../call/open-target.js";
import { readServiceMessage } from "../call/service-message.js";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import type { FlagValues } from "../flags/flag-values.js";
import { withProgress } from "../progress.js";
import type { TextStream } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { CallTally } from "./call-tally.js";
import { type LoadPlan, readLoadPlan } from "./load-plan.js";
import { createLoadReport } from "./load-report.js";
import { renderLoad } from "./render-load.js";
import { runLoad, type StartCall } from "./run-load.js";

/** Runs `paddlewheel bench`. */
export async function bench({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [host] = positionals;
  if (host === undefined) throw new UsageError("bench: name the server: host:port or a URL");
  const plan = readLoadPlan(values);
  const message = readServiceMessage(values);
  const { target, request } = await openTarget(host, values, {
    message,
    retry: { maxRetries: 0 },
    ...connectionsOf(values, plan),
  });
  try {
    // One call that is looked at closely: load of a wrong request would measure how fast it is refused.
    const first = await target.call(request);
    message.render(first.message);
    const startCall = callerOf(target, request, first.message.length > 0);
    const tally = new CallTally();
    const clientCpu = await measured(plan, tally, { startCall, terminal });
    const report = createLoadReport(plan, tally, clientCpu);
    const { out } = terminal;
    out.write(values.bool("json") ? `${JSON.stringify(report, undefined, 2)}\n` : renderLoad(report, out));
    return tally.errorCount === 0 ? ExitCode.ok : ExitCode.failed;
  } finally {
    target.close();
  }
}

function connectionsOf(
  values: FlagValues,
  { load }: LoadPlan,
): Pick<OpenOptions, "connectionCount" | "limits"> {
  const given = values.int("connections");
  const inFlight = "rate" in load ? undefined : load.concurrency;
  const maxConnections = given ?? inFlight;
  return { connectionCount: given ?? 1, limits: maxConnections === undefined ? {} : { maxConnections } };
}

/** @param isFull whether an answer has something in it, as the first had */
function callerOf(target: ConnectedTarget, request: CallRequest, isFull: boolean): StartCall {
  return (onEnd) => {
    target.start(request, (outcome) => {
      if ("error" in outcome) onEnd(outcome.error);
      else onEnd(isFull && outcome.answer.message.length === 0 ? emptyAnswer() : undefined);
    });
  };
}

/** Compat: a brpc server answers gRPC calls with status OK and an empty message when an Op failed. */
function emptyAnswer(): ServeError {
  return new ServeError(Code.internal, "the server answered without any output");
}

interface Measuring {
  readonly startCall: StartCall;
  readonly terminal: { readonly err: TextStream };
}

/** Runs the load, and gives the share of a core that this process needed meanwhile. */
async function measured(
  plan: LoadPlan,
  tally: CallTally,
  { startCall, terminal }: Measuring,
): Promise<number> {
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  await withProgress(
    terminal.err,
    () => `${tally.answers} answers, ${tally.errorCount} errors`,
    () => runLoad({ plan, startCall, tally, clock: systemClock }),
  );
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1000 / (performance.now() - startedAt);
}

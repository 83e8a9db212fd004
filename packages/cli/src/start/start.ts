import type { GrpcEngine, LogLevel } from "@paddlewheel/server";
import type { JoinedProcess } from "@paddlewheel/server/processes";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { tableOf } from "../flags/flag.js";
import { given } from "../flags/given.js";
import { ignoredFlagNotes } from "../flags/ignored-flags.js";
import { limitsOf } from "../run/limits-of.js";
import { modelCacheOf } from "../run/model-cache-of.js";
import { modelKeyOf } from "../run/model-key-of.js";
import { pagesOf } from "../run/pages-of.js";
import { printFindings } from "../run/print-findings.js";
import { readConf } from "../run/read-conf.js";
import { reloadIntervalMs } from "../run/reload-interval.js";
import { runServer } from "../run/run-server.js";
import { securityOf } from "../run/security-of.js";
import { tracingOf } from "../run/trace-export.js";
import { confFolder } from "./conf-folder.js";
import { readFlagfile } from "./read-flagfile.js";
import { startGroups } from "./start-flags.js";

const table = tableOf(startGroups);

/** Port of Paddle Serving's C++ server. */
const defaultPort = 8010;
const defaultMaxBodySize = 64 * 1024 * 1024;

/** Runs `paddlewheel start`; as one of several processes, when a supervisor has started it. */
export async function start(
  { values: own, terminal }: CommandCall,
  process?: JoinedProcess,
): Promise<ExitCode> {
  const fromFile = readFlagfile(table, own.text("flagfile"));
  for (const note of ignoredFlagNotes(table, fromFile)) terminal.err.write(`paddlewheel: ${note}\n`);
  const values = own.over(fromFile);
  const { report, registries } = await readConf({
    dir: confFolder(values),
    ops: values.texts("ops"),
    parallelServices: values.bool("use_parallel_infer_service"),
  });
  printFindings(report, terminal.err);
  if (!report.conf) return ExitCode.failed;
  return runServer(
    {
      // Compat: a port in conf is over a flag, but whoever types a port means it.
      conf: { ...report.conf, port: own.has("port") ? undefined : report.conf.port },
      port: values.int("port") ?? defaultPort,
      registries,
      process,
      limits: limitsOf(values, defaultMaxBodySize),
      ...tracingOf(values),
      ...securityOf(values),
      ...pagesOf(values, table),
      ...modelCacheOf(values),
      ...modelKeyOf(),
      ...given({
        host: values.text("host"),
        threadNum: values.int("num_threads"),
        reloadIntervalMs: reloadIntervalMs(values),
        requestCacheSize: values.int("request_cache_size"),
        opThreadNum: values.int("op_threads"),
        // Of each one of the flag's choices.
        logLevel: values.text("log_level") as LogLevel | undefined,
        grpc: values.text("grpc") as GrpcEngine | undefined,
      }),
    },
    terminal,
  );
}

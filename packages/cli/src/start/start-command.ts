import { checkServerConf } from "@paddlewheel/conf";
import { createRegistries, knownNames } from "@paddlewheel/server";
import type { Command, CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { given } from "../flags/given.js";
import { ignoredFlagNotes } from "../flags/ignored-flags.js";
import { printFindings } from "../run/print-findings.js";
import { runServer } from "../run/run-server.js";
import { limitsOf, serverFlags } from "../run/server-flags.js";
import { confFolder } from "./conf-folder.js";
import { readFlagfile } from "./read-flagfile.js";
import { startConfFlags, startIgnoredFlags, startServerFlags } from "./start-flags.js";

const allFlags = { ...startConfFlags, ...startServerFlags, ...serverFlags, ...startIgnoredFlags };

/** Port of Paddle Serving's C++ server. */
const defaultPort = 8010;
const defaultMaxBodySize = 64 * 1024 * 1024;

export const startCommand: Command = {
  name: "start",
  summary: "serve what the conf files of a folder say",
  usage: "start --conf DIR [flags]",
  description:
    "Serves the workflows that the conf files describe, prototxt or YAML, and takes the flags of Paddle Serving's C++ " +
    "server, also with one dash and from a flagfile.",
  groups: [
    { title: "Conf", flags: startConfFlags },
    { title: "Server", flags: { ...startServerFlags, ...serverFlags } },
    { title: "Accepted without effect", flags: startIgnoredFlags },
  ],
  examples: ["paddlewheel start --conf conf --port 9393", "paddlewheel start --flagfile=proj.conf"],
  maxPositionals: 0,
  run: start,
};

async function start({ values: own, terminal }: CommandCall): Promise<ExitCode> {
  const fromFile = readFlagfile(allFlags, own.text("flagfile"));
  for (const note of ignoredFlagNotes(allFlags, fromFile)) terminal.err.write(`paddlewheel: ${note}\n`);
  const values = own.over(fromFile);
  const registries = createRegistries();
  const report = checkServerConf({ dir: confFolder(values), known: knownNames(registries) });
  printFindings(report, terminal.err);
  if (!report.conf) return ExitCode.failed;
  return runServer(
    {
      // Compat: a port in conf is over a flag, but whoever types a port means it.
      conf: { ...report.conf, port: own.has("port") ? undefined : report.conf.port },
      port: values.int("port") ?? defaultPort,
      registries,
      limits: limitsOf(values, defaultMaxBodySize),
      ...given({
        host: values.text("host"),
        threadNum: values.int("num_threads"),
        logLevel: values.text("log_level"),
      }),
    },
    terminal,
  );
}

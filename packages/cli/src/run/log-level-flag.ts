import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { isLogLevel, type LogSink, type ServerFlag } from "@paddlewheel/server";
import { serverFlags } from "./server-flags.js";

/** The flag `log_level` of a server that runs: it may be changed. */
export function logLevelFlag(sink: Pick<LogSink, "level">): ServerFlag {
  return {
    name: "log_level",
    description: serverFlags.log_level?.help ?? "",
    value: () => sink.level,
    set(text) {
      if (!isLogLevel(text)) {
        const choices = serverFlags.log_level?.choices?.join(", ");
        const message = `log_level must be one of ${choices}, not ${quoteValue(text)}`;
        throw new ServeError(Code.invalidArgument, message);
      }
      sink.level = text;
    },
  };
}

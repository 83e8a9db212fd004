import { type Call, Code, type ErrorDetails, type Logger, type ServeError } from "@paddlewheel/core";

/** What all lines of one method have in common. */
export interface MethodLabels {
  readonly protocol: string;
  readonly service: string;
  readonly method: string;
}

/** Writes the line of one answered call; `error` when it failed. */
export type WriteCallLine = (call: Call, durationUs: number, error?: ServeError) => void;

/** Where the one line of every answered call goes. */
export interface AccessLog {
  forMethod(labels: MethodLabels): WriteCallLine;
}

/** The lines as any logger writes them. */
export function loggedAccess(logger: Logger): AccessLog {
  return {
    forMethod(labels) {
      const log = logger.child({ ...labels });
      return (call, durationUs, error) => log.info(callFields(call, durationUs, error), "call");
    },
  };
}

export interface PrintedAccessOptions {
  /** Takes whole lines. */
  readonly print: (line: string) => void;
  /** Whether lines of level info are written now. */
  readonly isOn: () => boolean;
  /** The time of a line, as a field with the comma before it. */
  readonly timeField: () => string;
}

/**
 * The same lines put together by hand: a line of every call through a logger made for every use is a tenth of what a small
 * call costs, and more of what a refusal does.
 */
export function printedAccess({ print, isOn, timeField }: PrintedAccessOptions): AccessLog {
  return {
    forMethod(labels) {
      const place = JSON.stringify(labels).slice(1, -1);
      // Lines of one millisecond begin alike, and those of one version end alike.
      const head = remembered((time) => `{"level":"info"${time},${place},"code":`);
      const versionsOf = remembered(versionField);
      return (call, durationUs, error) => {
        if (!isOn()) return;
        const { logId, requestId, traceContext, client, usedVersions } = call;
        const trace = traceContext ? `,"traceId":"${traceContext.traceId}"` : "";
        const who = client ? `,"client":${quoted(client.subject)}` : "";
        const ids = `"logId":"${logId}","requestId":${quoted(requestId)}${trace}${who}`;
        const end = `"durationUs":${durationUs}${versionsOf(usedVersions ?? "")}${error ? fault(error) : ""}`;
        print(`${head(timeField())}${error?.code ?? Code.ok},${ids},${end},"msg":"call"}\n`);
      };
    },
  };
}

function callFields(call: Call, durationUs: number, error: ServeError | undefined): Record<string, unknown> {
  const { logId, requestId, traceContext, client, usedVersions } = call;
  const ids = { code: error?.code ?? Code.ok, logId: logId.toString(), requestId };
  const trace = traceContext ? { traceId: traceContext.traceId } : {};
  const who = client ? { client: client.subject } : {};
  const versions = usedVersions === undefined ? {} : { modelVersion: usedVersions };
  const line = { ...ids, ...trace, ...who, durationUs, ...versions };
  return error ? { ...line, error: error.message, ...placeOf(error) } : line;
}

/** Workflow and node at fault. The service is on the line already, and a key must not come twice. */
function placeOf({ details: { service: _, ...place } }: ServeError): ErrorDetails {
  return place;
}

/** What `make` gives, made anew only for another text than the last. */
function remembered(make: (text: string) => string): (text: string) => string {
  let lastText: string | undefined;
  let last = "";
  return (text) => {
    if (text !== lastText) {
      lastText = text;
      last = make(text);
    }
    return last;
  };
}

function fault(error: ServeError): string {
  const place = JSON.stringify(placeOf(error)).slice(1, -1);
  return `,"error":${JSON.stringify(error.message)}${place && ","}${place}`;
}

/** What is no letter of a header is percent-encoded in it, quotes too. */
function versionField(versions: string): string {
  return versions === "" ? "" : `,"modelVersion":"${versions}"`;
}

/** As JSON. Most texts have nothing to escape, and seeing that takes less than asking. */
function quoted(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === quoteCode || code === backslashCode)
      return JSON.stringify(text);
  }
  return `"${text}"`;
}

const quoteCode = 0x22;
const backslashCode = 0x5c;

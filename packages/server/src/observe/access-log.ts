import { type Call, Code, type ErrorDetails, type Logger, type ServeError } from "@paddlewheel/core";
import type { LineBuffer } from "./line-buffer.js";
import type { LineSink } from "./line-sink.js";

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
  readonly sink: Pick<LineSink, "begin" | "end">;
  /** Whether lines of level info are written now. */
  readonly isOn: () => boolean;
  /** The time of a line, as a field with the comma before it. */
  readonly timeField: () => string;
}

/**
 * The same lines put together by hand, in the memory they are written from: a line of every call through a logger made
 * for every use is a tenth of what a small call costs, and more of what a refusal does.
 */
export function printedAccess({ sink, isOn, timeField }: PrintedAccessOptions): AccessLog {
  return {
    forMethod(labels) {
      const place = JSON.stringify(labels).slice(1, -1);
      const beginning = (time: string, code: Code, logId: bigint): string =>
        `{"level":"info"${time},${place},"code":${code},"logId":"${logId}","requestId":`;
      // Most lines of one millisecond begin alike, and those of one version end alike.
      const plainBeginning = remembered((time: string) => beginning(time, Code.ok, 0n));
      const plainEnd = remembered((versions: string | undefined) => lineEnd(versions, undefined));
      return (call, durationUs, error) => {
        if (!isOn()) return;
        const { logId, usedVersions } = call;
        const isPlain = !error && logId === 0n;
        const line = sink.begin();
        if (!line) return;
        if (isPlain) line.bytes(plainBeginning(timeField()));
        else line.text(beginning(timeField(), error?.code ?? Code.ok, logId));
        writeCaller(line, call);
        line.bytes(durationKey);
        line.number(durationUs);
        if (isPlain) line.bytes(plainEnd(usedVersions));
        else line.text(lineEnd(usedVersions, error));
        sink.end();
      };
    },
  };
}

const durationKey = Buffer.from(',"durationUs":');

function writeCaller(line: LineBuffer, { requestId, traceContext, client }: Call): void {
  line.json(requestId);
  if (traceContext) line.text(`,"traceId":"${traceContext.traceId}"`);
  if (!client) return;
  line.text(',"client":');
  line.json(client.subject);
}

/** What is no letter of a header is percent-encoded in it, quotes too, and so in the versions. */
function lineEnd(versions: string | undefined, error: ServeError | undefined): string {
  const version = versions === undefined ? "" : `,"modelVersion":"${versions}"`;
  return `${version}${error ? fault(error) : ""},"msg":"call"}\n`;
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

/** The bytes of what `make` gives, made anew only for another text than the last. */
function remembered<T extends string | undefined>(make: (text: T) => string): (text: T) => Uint8Array {
  let lastText: T | undefined;
  let last: Uint8Array | undefined;
  return (text) => {
    if (!last || text !== lastText) {
      lastText = text;
      last = Buffer.from(make(text));
    }
    return last;
  };
}

function fault(error: ServeError): string {
  const place = JSON.stringify(placeOf(error)).slice(1, -1);
  return `,"error":${JSON.stringify(error.message)}${place && ","}${place}`;
}

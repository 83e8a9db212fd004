/** Which trace a call belongs to. Source: W3C Trace Context. */
export interface TraceContext {
  /** 32 hexadecimal digits in lower case, not all 0. */
  readonly traceId: string;
  /** The caller's span, 16 hexadecimal digits; undefined when the trace begins with this call. */
  readonly parentSpanId: string | undefined;
  /** Whether the trace is kept: as the caller decided, and true when this server keeps it. */
  readonly isSampled: boolean;
  /** `tracestate`, to be passed on as it is; empty when there is none. */
  readonly state: string;
}

/** Version, trace id, parent id, flags; versions after 00 may have more behind a further dash. */
const traceparentForm = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;
const sampledFlag = 1;

/**
 * Reads the headers `traceparent` and `tracestate`; undefined when the first is missing or anything but what the
 * standard allows, as a call must not fail by its trace. A faulty `tracestate` counts as none.
 */
export function parseTraceContext(
  traceparent: string | undefined,
  tracestate = "",
): TraceContext | undefined {
  const [, version, traceId, parentSpanId, flags, rest] = traceparentForm.exec(traceparent ?? "") ?? [];
  if (!traceId || !parentSpanId || !flags) return undefined;
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (zeros.test(traceId) || zeros.test(parentSpanId)) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & sampledFlag) !== 0;
  return { traceId, parentSpanId, isSampled, state: cleanTraceState(tracestate) };
}

/** The `traceparent` of a call that the span `spanId` makes. */
export function formatTraceparent({ traceId, isSampled }: TraceContext, spanId: string): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}

/** `key=value` or `tenant@system=value`; a value is printable ASCII without comma and equals sign. */
const stateMember =
  /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[ -+\--<>-~]{1,256}$/;
/** Members there may be. */
const maxMembers = 32;
/** Characters passed on, as many as the standard asks for; members behind them are left out. */
const maxStateLength = 512;

function cleanTraceState(text: string): string {
  const members = text.split(",").map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""));
  const given = members.filter((member) => member !== "");
  if (given.length > maxMembers || !given.every((member) => stateMember.test(member))) return "";
  let state = "";
  for (const member of given) {
    const longer = state ? `${state},${member}` : member;
    if (longer.length > maxStateLength) break;
    state = longer;
  }
  return state;
}

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** A trace id of its own: 32 hexadecimal digits. */
export function newTraceId(): string {
  return randomHex(16);
}

/** A span id of its own: 16 hexadecimal digits. */
export function newSpanId(): string {
  return randomHex(8);
}

/** Random bytes are asked for in advance: a single request for some costs a microsecond or two. */
const randomBytes = new Uint8Array(4096);
let bytesUsed = randomBytes.length;

function randomHex(length: number): string {
  if (bytesUsed + length > randomBytes.length) {
    crypto.getRandomValues(randomBytes);
    bytesUsed = 0;
  }
  // All zeros is no id.
  randomBytes[bytesUsed] = (randomBytes[bytesUsed] ?? 0) | 1;
  let text = "";
  for (const end = bytesUsed + length; bytesUsed < end; bytesUsed++) {
    text += hexOfByte[randomBytes[bytesUsed] ?? 0];
  }
  return text;
}

import type { HeaderField } from "../hpack/header-field.js";

/**
 * What a header section must be to be looked at at all. Every function gives undefined when it is, else what is wrong;
 * the stream of a malformed one is reset with PROTOCOL_ERROR. Source: RFC 9113 §8.1 to §8.3.
 */
export type HeaderFault = string | undefined;

const requestPseudoHeaders: readonly string[] = [":method", ":scheme", ":authority", ":path"];
const responsePseudoHeaders: readonly string[] = [":status"];

/** Belong to one hop of HTTP/1; here the frames do their work. */
const connectionSpecific: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

export function requestFault(fields: readonly HeaderField[]): HeaderFault {
  return fieldsFault(fields, requestPseudoHeaders) ?? missingFault(fields) ?? hostFault(fields);
}

export function responseFault(fields: readonly HeaderField[]): HeaderFault {
  return fieldsFault(fields, responsePseudoHeaders) ?? statusFault(pseudoValue(fields, ":status"));
}

export function trailersFault(fields: readonly HeaderField[]): HeaderFault {
  return fieldsFault(fields, []);
}

/**
 * The bytes the body will have as its headers tell; undefined when they do not.
 * NaN when they tell it wrongly or differently.
 */
export function declaredLength(fields: readonly HeaderField[]): number | undefined {
  let length: number | undefined;
  for (const { name, value } of fields) {
    if (name !== "content-length") continue;
    const given = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    length = length === undefined || length === given ? given : Number.NaN;
  }
  return length;
}

function fieldsFault(fields: readonly HeaderField[], pseudoHeaders: readonly string[]): HeaderFault {
  let seen = 0;
  let isPastPseudo = false;
  for (const { name, value } of fields) {
    if (name.charCodeAt(0) === colon) {
      const bit = 1 << pseudoHeaders.indexOf(name);
      if (!pseudoHeaders.includes(name)) return `there is no ${quoted(name)} here`;
      if (isPastPseudo) return `${name} stands behind other fields`;
      if (seen & bit) return `${name} stands twice`;
      seen |= bit;
    } else {
      isPastPseudo = true;
      const fault = nameFault(name, value);
      if (fault) return fault;
    }
    if (!isValue(value)) return `${quoted(name)} has a value that no header can have`;
  }
  return undefined;
}

function missingFault(fields: readonly HeaderField[]): HeaderFault {
  const method = pseudoValue(fields, ":method");
  if (!method) return ":method is missing";
  if (method === "CONNECT") return connectFault(fields);
  if (!pseudoValue(fields, ":scheme")) return ":scheme is missing";
  if (!pseudoValue(fields, ":path")) return ":path is missing";
  return undefined;
}

/**
 * Whoever routes by one of them must not be told another by the other. Source: RFC 9113 §8.3.1, RFC 9110 §7.2.
 */
function hostFault(fields: readonly HeaderField[]): HeaderFault {
  let host = pseudoValue(fields, ":authority")?.toLowerCase();
  for (const { name, value } of fields) {
    if (name !== "host") continue;
    if (host !== undefined && host !== value.toLowerCase())
      return "host and :authority name different servers";
    host = value.toLowerCase();
  }
  return undefined;
}

/** 101 would change the protocol, which HTTP/2 does not do this way. Source: RFC 9113 §8.3.2 and §8.6. */
function statusFault(status: string | undefined): HeaderFault {
  if (status === undefined) return ":status is missing";
  return /^[1-9]\d\d$/.test(status) && status !== "101" ? undefined : `:status cannot be ${quoted(status)}`;
}

/** Source: RFC 9113 §8.5. */
function connectFault(fields: readonly HeaderField[]): HeaderFault {
  if (!pseudoValue(fields, ":authority")) return "CONNECT has no :authority";
  const hasMore = pseudoValue(fields, ":scheme") !== undefined || pseudoValue(fields, ":path") !== undefined;
  return hasMore ? "CONNECT has :scheme or :path" : undefined;
}

/** Pseudo-headers stand at the front, so this looks at four fields at most when they are there. */
function pseudoValue(fields: readonly HeaderField[], pseudoHeader: string): string | undefined {
  for (const { name, value } of fields) {
    if (name === pseudoHeader) return value;
    if (name.charCodeAt(0) !== colon) return undefined;
  }
  return undefined;
}

function nameFault(name: string, value: string): HeaderFault {
  if (!isName(name)) return `${quoted(name)} is no header name`;
  if (connectionSpecific.has(name)) return `${name} belongs to HTTP/1`;
  if (name === "te" && value !== "trailers") return "te can only be trailers";
  return undefined;
}

const colon = 0x3a;

/** Lower case, visible, no colon. */
function isName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const char = name.charCodeAt(i);
    const isUpperCase = char >= 0x41 && char <= 0x5a;
    if (char <= 0x20 || char >= 0x7f || char === colon || isUpperCase) return false;
  }
  return name.length > 0;
}

/** No NUL, CR or LF anywhere and no blank at either end. */
function isValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const char = value.charCodeAt(i);
    if (char === 0 || char === 0x0a || char === 0x0d) return false;
  }
  return !isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(value.length - 1));
}

function isBlank(char: number): boolean {
  return char === 0x20 || char === 0x09;
}

/** A name of the peer's as it may stand in a log. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}

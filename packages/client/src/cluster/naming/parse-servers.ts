import { type Fault, type FieldPath, quoteValue } from "@paddlewheel/core";
import type { Host } from "../host.js";
import { formatAddress, parseAddress } from "./address.js";

/** What a list of servers may hold. */
export interface ServerListLimits {
  /** Servers of one cluster, before tags are looked at; default 10000, more than one client has sockets for. */
  readonly maxHosts: number;
  /** Characters of one server with its tag and comment; default 1024. */
  readonly maxLineLength: number;
}

export const defaultServerListLimits: ServerListLimits = { maxHosts: 10_000, maxLineLength: 1024 };

/** The servers that a text names, and all that is wrong with it. With a fault the hosts are not to be used. */
export interface ParsedServers {
  /** In the order of the text, each once. */
  readonly hosts: readonly Host[];
  readonly faults: readonly Fault[];
}

/** One entry of a list and where it stands. */
interface Entry {
  readonly text: string;
  readonly path: FieldPath;
}

/** What stands behind `list://`: `host:port[ tag],…`. Positions are `list://[index]`, from 0. */
export function parseServerList(text: string, limits: ServerListLimits): ParsedServers {
  const entries = text.split(",").map((entry, index) => ({ text: entry.trim(), path: ["list://", index] }));
  return parseEntries(entries, "list://", limits);
}

/** The text of a server file: `host:port [tag] [#comment]` a line, blank lines apart. Positions are `file:line`. */
export function parseServerFile(text: string, file: string, limits: ServerListLimits): ParsedServers {
  const entries = text
    .split("\n")
    .map((line, index) => ({ text: withoutComment(line), path: [`${file}:${index + 1}`] }))
    .filter((entry) => entry.text !== "");
  return parseEntries(entries, file, limits);
}

function withoutComment(line: string): string {
  const comment = line.indexOf("#");
  return (comment < 0 ? line : line.slice(0, comment)).trim();
}

function parseEntries(entries: readonly Entry[], source: string, limits: ServerListLimits): ParsedServers {
  if (entries.length === 0) return { hosts: [], faults: [{ path: [source], message: "names no server" }] };
  if (entries.length > limits.maxHosts) {
    const message = `${entries.length} servers, at most ${limits.maxHosts} are allowed`;
    return { hosts: [], faults: [{ path: [source], message }] };
  }
  const hosts = new Map<string, Host>();
  const faults: Fault[] = [];
  for (const { text, path } of entries) {
    const host = text.length > limits.maxLineLength ? tooLong(text, limits) : parseEntry(text);
    if (typeof host === "string") faults.push({ path, message: host });
    else hosts.set(`${host.address} ${host.tag}`, host);
  }
  return { hosts: [...hosts.values()], faults };
}

function tooLong(text: string, { maxLineLength }: ServerListLimits): string {
  return `${text.length} characters, at most ${maxLineLength} are allowed`;
}

/** The server of one entry, or what is wrong with it. */
function parseEntry(text: string): Host | string {
  const end = text.search(/\s/);
  const address = parseAddress(end < 0 ? text : text.slice(0, end));
  if (!address) return `${quoteValue(text)} is no server: expected host:port, or [address]:port for IPv6`;
  return { address: formatAddress(address), tag: end < 0 ? "" : text.slice(end).trim() };
}

import type { ChildProcess } from "node:child_process";

/** What Node's cluster sends when it hands a connection over. */
interface HandOver {
  readonly cmd: "NODE_CLUSTER";
  readonly act: "newconn";
  /** Of the listening socket: a process has at most one connection of each that it has not taken. */
  readonly key: string;
}

interface Handle {
  close(): void;
}

/**
 * Closes the connections that were handed to a process and not taken before it ended. Node's cluster (v20) keeps them
 * open in the supervisor for ever, and their callers wait. One that was taken is closed here already, and closing it again
 * does nothing. What cluster sends is its own affair: should it change, this does nothing.
 */
export function closeUntakenConnections(child: Pick<ChildProcess, "send" | "once">): void {
  const handed = new Map<string, Handle>();
  const send = child.send;
  const watched = (...args: readonly unknown[]): boolean => {
    const [message, handle] = args;
    if (isHandOver(message) && isHandle(handle)) handed.set(message.key, handle);
    return Reflect.apply(send, child, args) as boolean;
  };
  child.send = watched;
  child.once("exit", () => {
    for (const handle of handed.values()) handle.close();
  });
}

function isHandOver(message: unknown): message is HandOver {
  if (typeof message !== "object" || message === null) return false;
  const { cmd, act, key } = message as Partial<HandOver>;
  return cmd === "NODE_CLUSTER" && act === "newconn" && typeof key === "string";
}

function isHandle(handle: unknown): handle is Handle {
  return typeof (handle as Partial<Handle> | undefined)?.close === "function";
}

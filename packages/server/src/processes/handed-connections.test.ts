import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { closeUntakenConnections } from "./handed-connections.js";

class FakeChild extends EventEmitter {
  readonly sent: unknown[][] = [];
  send(...args: unknown[]): boolean {
    this.sent.push(args);
    return true;
  }
}

const handOver = (key: string): object => ({ cmd: "NODE_CLUSTER", act: "newconn", key, seq: 1 });

test("the connections a process was handed last are closed when it ends, and what is sent stays as it is", () => {
  const child = new FakeChild();
  closeUntakenConnections(child as unknown as ChildProcess);
  const closed: string[] = [];
  const handle = (name: string): object => ({ close: () => closed.push(name) });
  const messages: unknown[][] = [
    [handOver("a"), handle("taken")],
    [handOver("a"), handle("last of a")],
    [handOver("b"), handle("last of b"), undefined],
    [{ cmd: "NODE_CLUSTER", act: "other", key: "c" }, handle("no connection")],
    [{ paddlewheel: { kind: "report" } }],
  ];
  for (const message of messages) assert.equal(child.send(...message), true);
  assert.deepEqual(child.sent, messages);
  assert.deepEqual(closed, []);
  child.emit("exit", 0);
  assert.deepEqual(closed, ["last of a", "last of b"]);
});

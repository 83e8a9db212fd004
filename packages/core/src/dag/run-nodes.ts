import type { DagNode } from "./plan-dag.js";

/** Runs the node at `index` of a plan; undefined when it ended at once. */
export type RunNode = (index: number) => undefined | Promise<void>;

/** One node after the other in topological order; stays synchronous as long as the nodes do. */
export function runSequence(count: number, runNode: RunNode, first = 0): undefined | Promise<void> {
  for (let index = first; index < count; index++) {
    const pending = runNode(index);
    if (pending !== undefined) return pending.then(() => runSequence(count, runNode, index + 1));
  }
  return undefined;
}

/**
 * Each node as soon as its dependencies are done. Rejects with the first failure and starts nothing after it; nodes
 * already at work are the caller's to stop.
 */
export function runParallel(nodes: readonly DagNode[], runNode: RunNode): Promise<void> {
  const indexOfId = new Map(nodes.map(({ id }, index) => [id, index]));
  const missing = nodes.map(({ dependencies }) => dependencies.filter(({ id }) => id !== 0).length);
  let left = nodes.length;
  let hasFailed = false;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      hasFailed = true;
      reject(error);
    };
    const start = (index: number): void => {
      if (hasFailed) return;
      try {
        const pending = runNode(index);
        if (pending !== undefined) pending.then(() => finish(index), fail);
        else finish(index);
      } catch (error) {
        fail(error);
      }
    };
    const finish = (index: number): void => {
      left--;
      if (left === 0) resolve();
      for (const id of nodes[index]?.dependents ?? []) {
        const dependent = indexOfId.get(id) ?? -1;
        const stillMissing = (missing[dependent] ?? 0) - 1;
        missing[dependent] = stillMissing;
        if (stillMissing === 0) start(dependent);
      }
    };
    const roots = missing.flatMap((count, index) => (count === 0 ? [index] : []));
    for (const index of roots) start(index);
  });
}

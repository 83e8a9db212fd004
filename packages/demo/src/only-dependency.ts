import { Code, type Op, ServeError, startupOp } from "@paddlewheel/core";

/**
 * Name of the one node whose output an Op reads.
 * @throws ServeError opFailure when conf gives it none or several.
 */
export function onlyDependency({ name, type, preNames }: Pick<Op, "name" | "type" | "preNames">): string {
  const [only, ...others] = preNames.filter((one) => one !== startupOp);
  if (only !== undefined && others.length === 0) return only;
  const count = only === undefined ? 0 : others.length + 1;
  const message = `op "${name}" (${type}) reads exactly one node, conf gives it ${count}`;
  throw new ServeError(Code.opFailure, message);
}

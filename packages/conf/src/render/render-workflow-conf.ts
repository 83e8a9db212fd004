import type { DependencyConf, NodeConf, WorkflowConf } from "@paddlewheel/core";
import type { ConfObject } from "../text/render-prototxt.js";
import type { Notation } from "../text/tree.js";
import { renderConfig } from "./render-config.js";
import { renderMessage } from "./render-message.js";

/**
 * The workflow file of valid workflows, defaults left out; reading it gives the same workflows. In prototxt the numbers
 * and bools of `config` become text, which an Op's options read all the same.
 * @param opModules what the file is to name under `ops`
 * @throws ServeError invalidConf for a value of `config` that the format has no form for.
 */
export function renderWorkflowConf(
  workflows: readonly WorkflowConf[],
  format: Notation,
  opModules: readonly string[] = [],
): string {
  const messages = workflows.map((workflow) => ({
    name: workflow.name,
    workflow_type: workflow.workflowType,
    nodes: workflow.nodes.map((node) => nodeMessage(node, format)),
  }));
  return renderMessage("WorkflowConf", { workflows: messages, ops: opModules }, format);
}

function nodeMessage(node: NodeConf, format: Notation): ConfObject {
  return {
    name: node.name,
    type: node.type,
    address: node.address,
    dependencies: node.dependencies.map(({ name, mode }: DependencyConf) => ({ name, mode })),
    config: renderConfig(node, format),
    when: node.when,
    map_over: node.mapOver,
    map_concurrency: node.mapConcurrency,
    fallback: node.fallback,
    timeout_ms: node.timeoutMs,
    retries: node.retries,
    retry_backoff_ms: node.retryBackoffMs,
  };
}

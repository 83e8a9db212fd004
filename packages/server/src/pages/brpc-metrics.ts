import type { MethodSnapshot } from "../rpc/method-stats.js";
import { percentileOf } from "./method-numbers.js";
import { methodVarName, processVars, type ServerVar } from "./server-vars.js";
import type { ServerView } from "./server-view.js";

const quantiles = [0.8, 0.9, 0.99, 0.999, 0.9999] as const;

/**
 * `/brpc_metrics`: Prometheus's text with the names and the shape of brpc's, for dashboards made for them. A method is a
 * summary of latencies in microseconds with `avg` among its quantiles, and a gauge for each of its other numbers.
 */
export function brpcMetrics(server: ServerView): string {
  const now = server.clock.now();
  const methods = server.directory.methods().map(({ service, method, stats }) => {
    const name = methodVarName(server.port, service.name, method.name);
    const snapshot = stats.snapshot(now);
    return summaryText(name, snapshot) + methodGauges(name, snapshot).map(gaugeText).join("");
  });
  return [...processVars(server).map(gaugeText), ...methods].join("");
}

function summaryText(name: string, snapshot: MethodSnapshot): string {
  const rows: readonly (readonly [quantile: string, value: number])[] = [
    ...quantiles.map((ratio) => [String(ratio), percentileOf(snapshot, ratio)] as const),
    ["1", snapshot.maxUs],
    ["avg", Math.round(snapshot.averageUs)],
  ];
  const quantileLines = rows.map(([quantile, value]) => `${name}{quantile="${quantile}"} ${value}\n`);
  return `${head(name, "summary")}${quantileLines.join("")}${name}_sum ${snapshot.sumUs}\n${name}_count ${snapshot.count}\n`;
}

function methodGauges(name: string, { qps, eps, errors, concurrency }: MethodSnapshot): ServerVar[] {
  return [
    [`${name}_qps`, Math.round(qps)],
    [`${name}_eps`, Math.round(eps)],
    [`${name}_error`, errors],
    [`${name}_concurrency`, concurrency],
  ];
}

function gaugeText([name, value]: ServerVar): string {
  return `${head(name, "gauge")}${name} ${value}\n`;
}

/** Compat: brpc has nothing to say of a variable, and says so. */
function head(name: string, type: "gauge" | "summary"): string {
  return `# HELP ${name}\n# TYPE ${name} ${type}\n`;
}

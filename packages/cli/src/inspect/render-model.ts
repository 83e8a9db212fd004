import type { SessionConf } from "@paddlewheel/core";
import { columns } from "../columns.js";
import type { TextStream } from "../terminal.js";
import type { MeasuredRun, ModelReport, ValueReport } from "./model-report.js";

/** A model as a person reads it. */
export function renderModel(report: ModelReport, stream: TextStream): string {
  const head = (text: string): string => stream.style("bold", text);
  const lines = [
    `${head("model")}       ${report.file}`,
    `${head("size")}        ${bytes(report.bytes)}`,
    `${head("parameters")}  ${report.parameterCount} (${bytes(report.parameterBytes)})`,
    `${head("opsets")}      ${pairs(report.opsets)}`,
    `${head("producer")}    ${`${report.producer.name} ${report.producer.version}`.trim() || "unknown"}`,
    ...report.externalFiles.map((file) => `${head("weights in")}  ${file}`),
    head("inputs"),
    ...valueLines(report.inputs),
    head("outputs"),
    ...valueLines(report.outputs),
    head("operators"),
    ...columns(
      Object.entries(report.ops).map(([op, count]) => [op, String(count)]),
      2,
    ),
    ...Object.entries(report.sessions).flatMap(([engine, session]) => [
      `${head("session")}     ${engine}`,
      ...columns(sessionRows(session), 2),
    ]),
    ...Object.entries(report.runs ?? {}).flatMap(([engine, run]) => [
      `${head("runs")}        ${engine}`,
      ...columns(runRows(run), 2),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function runRows({ runMicros, placement, placementReason, batchRows, batchReason }: MeasuredRun): string[][] {
  const batches = batchRows === 1 ? "none" : `up to ${batchRows} rows`;
  return [
    ["one row", runMicros === undefined ? "unknown" : `${runMicros} µs`],
    ["placement", `${placement}: ${placementReason}`],
    ["batches", `${batches}: ${batchReason}`],
  ];
}

function sessionRows({ config, ...options }: SessionConf): string[][] {
  return Object.entries({ ...options, ...config })
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => [name, String(value)]);
}

function valueLines(values: readonly ValueReport[]): string[] {
  return columns(
    values.map(({ name, alias, dtype, shape }) => [
      name,
      dtype,
      shape ? `[${shape.join(", ")}]` : "any shape",
      alias === name ? "" : `alias ${alias}`,
    ]),
    2,
  );
}

function pairs(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

const units = ["KiB", "MiB", "GiB", "TiB"];

function bytes(count: number): string {
  if (count < 1024) return `${count} bytes`;
  const step = Math.min(Math.floor(Math.log2(count) / 10), units.length);
  return `${(count / 1024 ** step).toFixed(1)} ${units[step - 1]}`;
}

import { type ConfReport, type Diagnostic, formatDiagnostic } from "@paddlewheel/conf";
import type { TextStream } from "../terminal.js";

/** A line for each fault and each warning; warnings say that they are. */
export function printFindings(
  { faults, warnings }: Pick<ConfReport, "faults" | "warnings">,
  stream: TextStream,
): void {
  for (const fault of faults) stream.write(`${formatDiagnostic(fault)}\n`);
  for (const warning of warnings) stream.write(`${formatWarning(warning, stream)}\n`);
}

function formatWarning(warning: Diagnostic, stream: TextStream): string {
  const label = stream.style("yellow", "warning:");
  return formatDiagnostic({ ...warning, message: `${label} ${warning.message}` });
}

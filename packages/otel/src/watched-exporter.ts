import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";

/** How sending some spans ended; `error` when they are lost. */
export type OnSent = (spans: readonly ReadableSpan[], error: Error | undefined) => void;

type ResultCallback = Parameters<SpanExporter["export"]>[1];

/** OpenTelemetry's numbers for how an export ended. */
const exportOk = 0;
const exportFailed = 1;

/** An exporter that also tells how each export ended: exactly once, whatever the exporter does. */
export function watchExporter(exporter: SpanExporter, onSent: OnSent): SpanExporter {
  return {
    export(spans: ReadableSpan[], onResult: ResultCallback): void {
      let isOver = false;
      const end: ResultCallback = (result) => {
        if (isOver) return;
        isOver = true;
        onSent(
          spans,
          result.code === exportOk ? undefined : (result.error ?? new Error("the export failed")),
        );
        onResult(result);
      };
      try {
        exporter.export(spans, end);
      } catch (error) {
        end({ code: exportFailed, error: error instanceof Error ? error : new Error(String(error)) });
      }
    },
    shutdown: () => exporter.shutdown(),
  };
}

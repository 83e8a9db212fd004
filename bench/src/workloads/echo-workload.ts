import { echoService, inferenceMethod } from "./bench-service.js";
import type { CheckedRequest, EchoWorkload } from "./workload.js";

const requestCount = 8;

/** Calls of a service that gives back what it gets: what a call costs by itself. */
export function prepareEcho(directory: string): EchoWorkload {
  const { requestSerialize } = inferenceMethod(echoService);
  const requests = Array.from({ length: requestCount }, (_, i): CheckedRequest => {
    const message = requestSerialize({ a: i + 1, b: i + 0.5 });
    return { message, expected: message };
  });
  return { kind: "echo", name: "echo", directory, service: echoService, requests };
}

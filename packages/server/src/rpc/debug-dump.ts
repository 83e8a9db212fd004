import {
  type Call,
  GeneralBlob,
  type InferService,
  type MessageCodec,
  type ServiceTrace,
  type Tensor,
} from "@paddlewheel/core";

/** Elements of a tensor shown in a dump. */
const shownElements = 16;

interface AnswerWithDumpOptions<T> {
  readonly call: Call;
  readonly codec: MessageCodec<T>;
  /** Throws for a response that cannot be encoded. */
  readonly check?: (message: T) => void;
}

/** Answers a request as `inference` does, with the dump of it beside the response, as in Paddle Serving. */
export async function answerWithDump<T extends object>(
  service: InferService,
  request: object,
  { call, codec, check }: AnswerWithDumpOptions<T>,
): Promise<T> {
  const { response, trace } = service.debug(request, call);
  const message = (await response) as T;
  check?.(message);
  call.responseAttachment = Buffer.from(debugDump(trace, call, codec.encodeJson(message)));
  return message;
}

/**
 * What each Op did in one request, as JSON: its stage, start and duration in µs, and a readable sketch of its output.
 * `responseJson` is the response as JSON text.
 */
export function debugDump(trace: ServiceTrace, call: Call, responseJson: string): string {
  const ops = trace.workflows.flatMap(({ name, nodes }) =>
    nodes.map(({ node, startMs, durationMs, output }) => ({
      workflow: name,
      stage: node.stage,
      op_name: node.name,
      op_type: node.type,
      start_us: Math.round(startMs * 1000),
      time_us: Math.round(durationMs * 1000),
      debug_str: describe(output),
    })),
  );
  const head = JSON.stringify({ log_id: call.logId.toString(), request_id: call.requestId, ops });
  return `${head.slice(0, -1)},"response":${responseJson}}`;
}

function describe(output: unknown): string {
  if (output === undefined) return "no output";
  if (output instanceof GeneralBlob) {
    return [...output.tensors].map(([name, tensor]) => `${name}: ${describeTensor(tensor)}`).join("; ");
  }
  return typeof output === "object" ? Object.keys(output ?? {}).join(", ") : String(output);
}

function describeTensor({ dtype, shape, data }: Tensor): string {
  const shown = [...data.slice(0, shownElements)].map(String).join(", ");
  const rest = data.length > shownElements ? `, … ${data.length - shownElements} more` : "";
  return `${dtype} [${shape.join(", ")}] = ${shown}${rest}`;
}

import { Code, ServeError } from "@paddlewheel/core";
import type { GeneralResponse } from "@paddlewheel/wire";
import type { CallEngine } from "../call/call-engine.js";
import type { CallAnswer, CallRequest, RunningCall } from "../call/call-request.js";
import type { Variant } from "../variant/variant.js";
import type { Endpoint } from "./endpoint.js";
import type { GeneralCall, MethodCodecs } from "./service-codecs.js";

/** What one call may ask for. */
export type InferenceOptions = Partial<
  Pick<
    CallRequest,
    "timeoutMs" | "signal" | "logId" | "requestId" | "headers" | "traceContext" | "requestCode"
  >
>;

/** Is called once with the error or the response, never within the call that it was given to. */
export type OnInferenceEnd<Response> = (error: ServeError | undefined, response?: Response) => void;

/** What `debug` brings beside the response. */
export interface DebugAnswer<Response> {
  readonly response: Response;
  /** The attachment of the answer as text, which is where servers tell of their work; baidu_std alone has one. */
  readonly info: string;
}

/**
 * Calls one variant of an endpoint; `PredictorApi.fetchPredictor` makes them. It is cheap, and picks the variant: fetch one
 * for each request where the weights of variants are to hold.
 */
export class Predictor<Request extends object = GeneralCall, Response extends object = GeneralResponse> {
  readonly #endpoint: Endpoint;
  readonly #variant: Variant;
  readonly #engine: CallEngine;
  readonly #calls = new Set<RunningCall>();
  #isFree = false;

  constructor(endpoint: Endpoint, variant: Variant, split: string | undefined) {
    this.#endpoint = endpoint;
    this.#variant = variant;
    this.#engine = variant.engineOf(split);
  }

  /** Name of the endpoint. */
  get endpoint(): string {
    return this.#endpoint.name;
  }

  /** Tag of the variant. */
  get variant(): string {
    return this.#variant.conf.tag;
  }

  /**
   * Calls the service's method `inference`.
   * @throws ServeError invalidArgument that names the field of a wrong request, resourceExhausted above `max_in_flight`,
   * and what the servers say; details name endpoint, variant, host and all attempts.
   */
  inference(request: Request, options?: InferenceOptions): Promise<Response>;
  /** The same with a callback. */
  inference(request: Request, options: InferenceOptions, onEnd: OnInferenceEnd<Response>): void;
  inference(
    request: Request,
    options: InferenceOptions = {},
    onEnd?: OnInferenceEnd<Response>,
  ): Promise<Response> | undefined {
    const answer = this.call("inference", request, options);
    if (!onEnd) return answer;
    answer.then(
      (response) => onEnd(undefined, response),
      (error) => onEnd(ServeError.from(error)),
    );
    return undefined;
  }

  /** Calls the service's method `debug`, and gives what its servers tell beside the response. */
  async debug(request: Request, options: InferenceOptions = {}): Promise<DebugAnswer<Response>> {
    const codecs = this.#endpoint.service.method("debug");
    const { attachment, message } = await this.#call(codecs, request, options);
    const info = attachment ? Buffer.from(attachment).toString() : "";
    return { response: codecs.decode(message) as Response, info };
  }

  /** Calls any method of a service of one's own. @throws ServeError as `inference`, and methodNotFound. */
  async call(method: string, request: Request, options: InferenceOptions = {}): Promise<Response> {
    const codecs = this.#endpoint.service.method(method);
    const { message } = await this.#call(codecs, request, options);
    // The .proto says what it is; whoever names the types vouches for them.
    return codecs.decode(message) as Response;
  }

  /** Ends the calls of this predictor with `cancelled`. Further ones may follow. */
  cancel(): void {
    for (const call of [...this.#calls]) call.cancel();
  }

  /** Refuses further calls; those under way go on. For `PredictorApi.freePredictor`. */
  free(): void {
    this.#isFree = true;
  }

  #call(codecs: MethodCodecs, request: Request, options: InferenceOptions): Promise<CallAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#isFree) throw new ServeError(Code.invalidArgument, "the predictor was freed: fetch another");
      const { connection, rpc } = this.#variant.conf;
      const call = {
        timeoutMs: connection.rpcTimeoutMs,
        compressType: rpc.compressType,
        ...options,
        service: this.#endpoint.service.name,
        method: codecs.name,
        message: codecs.encode(request),
      };
      this.#endpoint.enter();
      const running = this.#engine.start(call, (outcome) => {
        this.#calls.delete(running);
        this.#endpoint.leave();
        if ("answer" in outcome) resolve(outcome.answer);
        else reject(outcome.error);
      });
      this.#calls.add(running);
    });
  }
}

import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import type { GeneralResponse } from "@paddlewheel/wire";
import type { CallAnswer, CallRequest, RunningCall } from "../call/call-request.js";
import { mapParts, type NonEmpty, startParts } from "../pack/start-parts.js";
import { isRepeatable } from "../route/canary/plan-roll-back.js";
import type { AnsweredCall } from "../route/shadow/shadow.js";
import type { Variant } from "../variant/variant.js";
import type { Endpoint } from "./endpoint.js";
import type { GeneralCall } from "./general-codecs.js";
import { decodeParts, type MethodCodecs } from "./service-codecs.js";

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

/** Which servers a predictor calls. */
export interface PredictorChoice {
  /** Undefined: each request decides. */
  readonly variant: Variant | undefined;
  /** Whether the canary is called in its place, for as long as there is one. */
  readonly isOfCanary: boolean;
  readonly split: string | undefined;
  /** Whether the caller named the variant: its calls are then no part of the traffic that is divided and copied. */
  readonly isNamed: boolean;
}

/**
 * Calls one variant of an endpoint; `PredictorApi.fetchPredictor` makes them. It is cheap, and picks the variant: fetch one
 * for each request where the weights of variants are to hold. With a `sticky_key` each request picks it.
 */
export class Predictor<Request extends object = GeneralCall, Response extends object = GeneralResponse> {
  readonly #endpoint: Endpoint;
  readonly #choice: PredictorChoice;
  readonly #calls = new Set<RunningCall>();
  #isFree = false;

  /** @throws ServeError invalidArgument for a split the variant has not. */
  constructor(endpoint: Endpoint, choice: PredictorChoice) {
    this.#endpoint = endpoint;
    this.#choice = choice;
    choice.variant?.engineOf(choice.split);
  }

  /** Name of the endpoint. */
  get endpoint(): string {
    return this.#endpoint.name;
  }

  /** Tag of the variant; undefined when each request decides. That of a canary changes when it is rolled back. */
  get variant(): string | undefined {
    const { variant, isOfCanary } = this.#choice;
    return variant && this.#endpoint.standInFor(variant, isOfCanary).conf.tag;
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

  /** Calls the service's method `debug`, and gives what its servers tell beside the response. Never splits the request. */
  async debug(request: Request, options: InferenceOptions = {}): Promise<DebugAnswer<Response>> {
    const codecs = this.#endpoint.service.method("debug");
    const route = this.#route(request);
    const call = this.#callOf(codecs, request, { ...route, options });
    this.#endpoint.enter();
    const [answer] = await this.#start([call], route.variant).finally(() => this.#endpoint.leave());
    const info = answer.attachment ? Buffer.from(answer.attachment).toString() : "";
    // The .proto says what it is; whoever names the types vouches for them. So below.
    return { response: codecs.decode(answer.message) as Response, info };
  }

  /**
   * Calls any method of a service of one's own. A large request may go in parts, to several servers at once.
   * @throws ServeError as `inference`, and methodNotFound.
   */
  async call(method: string, request: Request, options: InferenceOptions = {}): Promise<Response> {
    const codecs = this.#endpoint.service.method(method);
    const route = this.#route(request);
    const parts = codecs.split(request, route.variant.conf.rpc);
    const calls = mapParts(parts, (part) => this.#callOf(codecs, part, { ...route, options }));
    this.#endpoint.enter();
    try {
      const call = { codecs, calls };
      const answered = await (route.stable ? this.#askCanary(call, route) : this.#ask(call, route.variant));
      const { shadow } = this.#endpoint;
      if (!this.#choice.isNamed && shadow?.draws(answered.variant)) shadow.copy(answered);
      return answered.response as Response;
    } finally {
      this.#endpoint.leave();
    }
  }

  /** Ends the calls of this predictor with `cancelled`. Further ones may follow. */
  cancel(): void {
    for (const call of [...this.#calls]) call.cancel();
  }

  /** Refuses further calls; those under way go on. For `PredictorApi.freePredictor`. */
  free(): void {
    this.#isFree = true;
  }

  #route(request: object): Route {
    if (this.#isFree) throw new ServeError(Code.invalidArgument, "the predictor was freed: fetch another");
    if (typeof request !== "object" || request === null) {
      throw new ServeError(
        Code.invalidArgument,
        `the request: must be an object, got ${quoteValue(request)}`,
      );
    }
    const key = this.#endpoint.keyOf(request);
    const { variant: picked, isOfCanary } = this.#choice;
    const stable = picked ?? this.#endpoint.pick(undefined, key?.share);
    const variant = this.#endpoint.standInFor(stable, picked ? isOfCanary : this.#endpoint.isOfCanary(key));
    return { variant, stable: variant === stable ? undefined : stable, requestCode: key?.requestCode };
  }

  #callOf(
    codecs: MethodCodecs,
    request: object,
    { variant, requestCode, options }: Omit<Route, "stable"> & { readonly options: InferenceOptions },
  ): CallRequest {
    const { connection, rpc } = variant.conf;
    return {
      logId: logIdOf(request),
      ...options,
      timeoutMs: options.timeoutMs ?? connection.rpcTimeoutMs,
      requestCode: options.requestCode ?? requestCode,
      compressType: rpc.compressType,
      service: this.#endpoint.service.name,
      method: codecs.name,
      message: codecs.encode(request),
    };
  }

  /** Asks the canary, and in the time that is left another variant for what the canary turned away. */
  async #askCanary(call: PartedCall, { variant, stable = variant }: Route): Promise<Answered> {
    const startedAt = this.#endpoint.now();
    try {
      return await this.#ask(call, variant);
    } catch (thrown) {
      const elapsedMs = this.#endpoint.now() - startedAt;
      const [{ timeoutMs }] = call.calls;
      if (!isRepeatable(ServeError.from(thrown)) || elapsedMs >= timeoutMs) throw thrown;
      const { compressType } = stable.conf.rpc;
      const redirect = (one: CallRequest): CallRequest => ({
        ...one,
        timeoutMs: timeoutMs - elapsedMs,
        compressType,
      });
      return await this.#ask({ ...call, calls: mapParts(call.calls, redirect) }, stable);
    }
  }

  async #ask({ codecs, calls }: PartedCall, variant: Variant): Promise<Answered> {
    const { isNamed, split } = this.#choice;
    const canary = isNamed ? undefined : this.#endpoint.canary;
    const startedAt = canary ? this.#endpoint.now() : 0;
    try {
      const answers = await this.#start(calls, variant);
      const response = decodeParts(
        codecs,
        mapParts(answers, ({ message }) => message),
      );
      canary?.onCallEnd({ variant, startedAt, error: undefined });
      return { codecs, calls, answers, variant, split, response };
    } catch (thrown) {
      canary?.onCallEnd({ variant, startedAt, error: ServeError.from(thrown) });
      throw thrown;
    }
  }

  #start(calls: NonEmpty<CallRequest>, variant: Variant): Promise<NonEmpty<CallAnswer>> {
    return new Promise((resolve, reject) => {
      const engine = variant.engineOf(this.#choice.split);
      const running = startParts(engine, calls, (outcome) => {
        this.#calls.delete(running);
        if ("answers" in outcome) resolve(outcome.answers);
        else reject(outcome.error);
      });
      this.#calls.add(running);
    });
  }
}

/** The id that many messages have, GeneralModelService's among them: servers then log it before they have read the message. */
function logIdOf(request: object): bigint {
  return "logId" in request && typeof request.logId === "bigint" ? request.logId : 0n;
}

type PartedCall = Pick<AnsweredCall, "codecs" | "calls">;

interface Answered extends AnsweredCall {
  readonly response: object;
}

/** Where a request goes. */
interface Route {
  readonly variant: Variant;
  /** The variant that the canary, which `variant` is then, stands in for. */
  readonly stable: Variant | undefined;
  readonly requestCode: number | undefined;
}

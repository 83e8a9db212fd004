import type { ClientIdentity } from "./client-identity.js";
import { Code } from "./code.js";
import { VersionRequest } from "./engine/version-request.js";
import type { CallTrace } from "./observe/call-trace.js";
import { type Clock, systemClock, type Timer } from "./observe/clock.js";
import type { TraceContext } from "./observe/trace-context.js";
import { Priority } from "./priority.js";
import { ServeError } from "./serve-error.js";
import { type StopListener, StopListeners, type StopListening } from "./stop-listeners.js";

/** The wire protocols a call may come by. */
export type Protocol = "http" | "grpc" | "baidu_std" | "in_process";

export interface CallOptions {
  readonly service: string;
  readonly method: string;
  readonly protocol?: Protocol;
  readonly logId?: bigint;
  readonly requestId?: string;
  /** Time the caller gives, in milliseconds from now; undefined for no limit. */
  readonly timeoutMs?: number | undefined;
  /** Whether the caller itself asked for `timeoutMs`; false for a default of the server. Default true. */
  readonly isTimeoutGiven?: boolean;
  readonly clock?: Clock;
  /** Who calls, by a certificate; undefined without one. */
  readonly client?: ClientIdentity | undefined;
  /** Default normal. */
  readonly priority?: Priority;
  /** Records what the call does on its way; undefined when nobody asks. */
  readonly trace?: CallTrace | undefined;
  /** The trace it belongs to; undefined when it came with none and nobody records it. */
  readonly traceContext?: TraceContext | undefined;
  /** What its `x-model-version` says; undefined when it has none. */
  readonly modelVersion?: string | undefined;
}

export interface ChildCallOptions {
  /** Time this part may take, in milliseconds from now; as long as the whole when it is not given. */
  readonly timeoutMs?: number | undefined;
  /** What the error says when that time has passed. */
  readonly timeoutMessage?: string;
  /** When it begins, for who has just read the call's clock; now when it is not given. */
  readonly startedAt?: number | undefined;
}

/** Where a child belongs, and what is its own. All fields are always there, so that all of them look alike to V8. */
interface Parentage {
  readonly parent: Call;
  readonly timeoutMs: number | undefined;
  readonly timeoutMessage: string | undefined;
  readonly startedAt: number | undefined;
}

/** Characters of all versions that answered; what is more is left out, so that they fit into a header. */
const maxVersionsLength = 1024;

/**
 * One request on its way through the server, free of any transport: who it is for, how long it may take, and whether
 * anybody still waits for the answer. A call stops once: by `cancel`, or when its deadline passes. Whoever waits on
 * behalf of a call listens with `onStop`; whoever loops checks `throwIfStopped`.
 *
 * The timer and the AbortSignal exist only once somebody asks, so a call that is answered at once pays for neither.
 */
export class Call {
  readonly service: string;
  readonly method: string;
  readonly protocol: Protocol;
  /** The caller's id for its own logs; message and header fields may still set it while the request is read. */
  logId: bigint;
  readonly requestId: string;
  /** On the clock's own scale; Infinity when there is none. */
  readonly deadline: number;
  readonly clock: Clock;
  /** How urgent it is beside other calls that wait for the same model. */
  readonly priority: Priority;
  readonly startedAt: number;
  /** The time its caller gave it, in ms; undefined when the caller did not say, whatever its deadline. */
  readonly givenMs: number | undefined;
  /**
   * When its message was whole: from here on the time it takes is the server's. Infinity while a body is on its way,
   * for transports that take a call in on its headers.
   */
  receivedAt: number;
  /** Who calls, when the transport knows by a certificate. */
  readonly client: ClientIdentity | undefined;
  /** Records what this call does, when somebody wants to see it. */
  readonly trace: CallTrace | undefined;
  /** The trace this call belongs to; see `traceHeaders` for calls to other servers. */
  readonly traceContext: TraceContext | undefined;
  /** What the request says of model versions, as it came; see `wantedVersion`. */
  readonly modelVersion: string | undefined;

  /** The same for all parts of a call. */
  readonly #options: CallOptions;
  readonly #parent: Call | undefined;
  readonly #timeoutMessage: string | undefined;
  /** Takes back that this call listens to its parent, which it does once somebody listens to it. */
  #parentListening: StopListening | undefined;
  #requestAttachment: Uint8Array | undefined;
  #responseAttachment: Uint8Array | undefined;
  #versionRequest: VersionRequest | undefined;
  #usedVersions: string | undefined;
  #stopReason: ServeError | undefined;
  readonly #listeners = new StopListeners();
  #timer: Timer | undefined;
  #controller: AbortController | undefined;
  #isFinished = false;

  constructor(options: CallOptions, parentage?: Parentage) {
    this.service = options.service;
    this.method = options.method;
    this.protocol = options.protocol ?? "in_process";
    this.logId = parentage?.parent.logId ?? options.logId ?? 0n;
    this.requestId = options.requestId ?? "";
    this.clock = options.clock ?? systemClock;
    this.client = options.client;
    this.priority = options.priority ?? Priority.normal;
    this.trace = options.trace;
    this.traceContext = options.traceContext;
    this.modelVersion = options.modelVersion;
    this.#options = options;
    this.#parent = parentage?.parent;
    this.#timeoutMessage = parentage?.timeoutMessage;
    this.startedAt = parentage?.startedAt ?? this.clock.now();
    this.receivedAt = this.startedAt;
    this.givenMs = (options.isTimeoutGiven ?? true) ? options.timeoutMs : undefined;
    const { timeoutMs = Number.POSITIVE_INFINITY } = parentage ?? options;
    this.deadline = Math.min(this.startedAt + timeoutMs, this.#parent?.deadline ?? Number.POSITIVE_INFINITY);
  }

  /**
   * A part of this call that can stop by itself: it stops when this call does, and when it stops, or its own time is
   * over, this call goes on. Whoever makes it finishes it.
   */
  child(options: ChildCallOptions = {}): Call {
    const { timeoutMs, timeoutMessage, startedAt } = options;
    return new Call(this.#options, { parent: this, timeoutMs, timeoutMessage, startedAt });
  }

  /** Bytes that came beside the request message, over baidu_std; undefined when there are none. */
  get requestAttachment(): Uint8Array | undefined {
    return this.#parent ? this.#parent.requestAttachment : this.#requestAttachment;
  }

  set requestAttachment(bytes: Uint8Array | undefined) {
    if (this.#parent) this.#parent.requestAttachment = bytes;
    else this.#requestAttachment = bytes;
  }

  /** Bytes that travel beside the response message; over HTTP they are the body instead of it, as in brpc. */
  get responseAttachment(): Uint8Array | undefined {
    return this.#parent ? this.#parent.responseAttachment : this.#responseAttachment;
  }

  set responseAttachment(bytes: Uint8Array | undefined) {
    if (this.#parent) this.#parent.responseAttachment = bytes;
    else this.#responseAttachment = bytes;
  }

  /**
   * The version or label of an engine that the request asks for; undefined when it leaves that open.
   * @throws ServeError invalidArgument when what it says names no versions.
   */
  wantedVersion(engine: string): string | undefined {
    if (this.modelVersion === undefined) return undefined;
    if (this.#parent) return this.#parent.wantedVersion(engine);
    this.#versionRequest ??= VersionRequest.parse(this.modelVersion);
    return this.#versionRequest.of(engine);
  }

  /** Notes a version that runs for this call, as `formatModelVersion` writes it. */
  noteVersion(version: string): void {
    if (this.#parent) this.#parent.noteVersion(version);
    else if (this.#usedVersions === undefined) this.#usedVersions = version;
    else if (this.#usedVersions !== version) this.#usedVersions = joinVersions(this.#usedVersions, version);
  }

  /** The versions that ran for this call, `uci=3, ocr=1`; undefined when there is nothing to tell apart. */
  get usedVersions(): string | undefined {
    return this.#parent ? this.#parent.usedVersions : this.#usedVersions;
  }

  /** Why the call is over for its caller; undefined while somebody waits. */
  get stopReason(): ServeError | undefined {
    return this.stopReasonAt(this.clock.now());
  }

  /** As `stopReason`, for who has just read the call's clock. */
  stopReasonAt(now: number): ServeError | undefined {
    const ofParent = this.#parent?.stopReasonAt(now);
    if (ofParent) this.#stop(() => ofParent);
    else if (now >= this.deadline) this.#stop(() => this.#deadlineExceeded());
    return this.#stopReason;
  }

  /** @throws ServeError cancelled or deadlineExceeded once the call has stopped. */
  throwIfStopped(): void {
    const reason = this.stopReason;
    if (reason) throw reason;
  }

  /** Nobody waits any more. Does nothing on a call that has stopped or finished. */
  cancel(message = "the caller cancelled the call"): void {
    this.#stop(() => new ServeError(Code.cancelled, message));
  }

  /**
   * Runs `listener` when the call stops, at once if it has, never once it has been answered. Gives the function that
   * takes the listener back. A listener must not throw: nobody could catch it, so what it throws is dropped.
   * @param now for who has just read the call's clock
   */
  onStop(listener: StopListener, now: number = this.clock.now()): () => void {
    const reason = this.stopReasonAt(now);
    if (reason) tell(listener, reason);
    if (reason || this.#isFinished) return () => {};
    const listening = this.#listen(listener, now);
    return () => this.#listeners.remove(listening);
  }

  /** How many have asked to hear when the call stops, and have not taken it back. */
  get listenerCount(): number {
    return this.#listeners.count;
  }

  /** For APIs that take an AbortSignal; its reason is the ServeError. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      this.onStop((reason) => controller.abort(reason));
    }
    return this.#controller.signal;
  }

  /** The call has been answered: it can no longer stop, and holds no timer or listener. */
  finish(): void {
    this.#isFinished = true;
    this.#timer?.cancel();
    const parent = this.#parent;
    if (parent && this.#parentListening) parent.#listeners.remove(this.#parentListening);
    this.#listeners.clear();
  }

  #listen(listener: StopListener, now: number): StopListening {
    const parent = this.#parent;
    if (parent && !this.#parentListening && !parent.#isFinished) {
      this.#parentListening = parent.#listen((reason) => this.#stop(() => reason), now);
    }
    this.#startTimer(now);
    return this.#listeners.add(listener);
  }

  #startTimer(now: number): void {
    // Of a deadline that is the parent's, the parent tells.
    if (this.#timer || this.deadline === (this.#parent?.deadline ?? Number.POSITIVE_INFINITY)) return;
    const onDeadline = (): void => this.#stop(() => this.#deadlineExceeded());
    this.#timer = this.clock.setTimer(onDeadline, this.deadline - now, now);
  }

  /** The reason is made only when it is needed: transports report the end of every call, and an error costs a stack. */
  #stop(makeReason: () => ServeError): void {
    if (this.#stopReason || this.#isFinished) return;
    const reason = makeReason();
    this.#stopReason = reason;
    const listeners = this.#listeners.inTurn();
    this.finish();
    for (const listener of listeners) tell(listener, reason);
  }

  #deadlineExceeded(): ServeError {
    const allowedMs = Math.round(this.deadline - this.startedAt);
    const message = this.#timeoutMessage ?? `the deadline of ${allowedMs} ms has passed`;
    return new ServeError(Code.deadlineExceeded, message);
  }
}

function joinVersions(noted: string, version: string): string {
  if (noted.split(", ").includes(version)) return noted;
  const joined = `${noted}, ${version}`;
  return joined.length > maxVersionsLength ? noted : joined;
}

/** One listener at fault must not keep the others from learning, nor reach whoever cancelled, nor end the process. */
function tell(listener: StopListener, reason: ServeError): void {
  try {
    listener(reason);
  } catch {
    // The call is over whatever its listeners do.
  }
}

/**
 * Waits for `work`, but no longer than somebody waits for the call. Work that is left behind goes on by itself and its
 * outcome is dropped.
 */
export function raceStop<T>(call: Call, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = call.onStop(reject);
    work.then(
      (value) => {
        forget();
        resolve(value);
      },
      (error: unknown) => {
        forget();
        reject(error);
      },
    );
  });
}

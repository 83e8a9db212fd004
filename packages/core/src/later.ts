import { isThenable } from "./is-thenable.js";

type Step = ((outcome: unknown) => unknown) | null | undefined;

/**
 * A value that is there later, on its way through the layers between who makes it and who answers with it. Where each
 * layer makes a promise of the last one's, a Later is handed on: `then` adds a step, which runs in the turn in which the
 * value comes, on what the step before it gave, and gives the same Later. So it has one reader at a time, the last one
 * who added a step. `await` and whatever else reads a promise take it for one.
 *
 * Whoever makes it settles it, once; a step that throws fails what comes after it, as in a promise, and a failure that
 * nobody reads ends as an unhandled rejection.
 */
export class Later<T> implements PromiseLike<T> {
  /** For success and for failure in turn; those that have run are behind `#next`. */
  readonly #steps: Step[] = [];
  #next = 0;
  #isSettled = false;
  #hasFailed = false;
  #outcome: unknown;
  #unread: Promise<never> | undefined;

  resolve(value: T): void {
    this.#settle(value, false);
  }

  reject(reason: unknown): void {
    this.#settle(reason, true);
  }

  // biome-ignore lint/suspicious/noThenProperty: to be read as a promise is what it is for
  then<Value = T, Recovered = never>(
    succeed?: ((value: T) => Value | PromiseLike<Value>) | null,
    fail?: ((reason: unknown) => Recovered | PromiseLike<Recovered>) | null,
  ): PromiseLike<Value | Recovered> {
    this.#steps.push(succeed as Step, fail);
    this.#unread?.catch(() => {});
    this.#unread = undefined;
    this.#run();
    return this as PromiseLike<unknown> as PromiseLike<Value | Recovered>;
  }

  #settle(outcome: unknown, hasFailed: boolean): void {
    this.#isSettled = true;
    this.#hasFailed = hasFailed;
    this.#outcome = outcome;
    this.#run();
  }

  #run(): void {
    const steps = this.#steps;
    while (this.#isSettled && this.#next < steps.length) {
      const step = steps[this.#hasFailed ? this.#next + 1 : this.#next];
      this.#next += 2;
      if (step) this.#take(step);
    }
    if (this.#isSettled && this.#hasFailed) this.#unread ??= Promise.reject(this.#outcome);
  }

  /** A step that gives a promise holds up those after it. */
  #take(step: NonNullable<Step>): void {
    try {
      this.#outcome = step(this.#outcome);
      this.#hasFailed = false;
    } catch (thrown) {
      this.#outcome = thrown;
      this.#hasFailed = true;
      return;
    }
    if (!isThenable(this.#outcome)) return;
    this.#isSettled = false;
    this.#outcome.then(
      (value) => this.#settle(value, false),
      (reason) => this.#settle(reason, true),
    );
  }
}

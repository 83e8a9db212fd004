import { Code, type Merger, type OpClass, ServeError } from "@paddlewheel/core";
import type { Registries } from "../registries.js";

/** A module of Ops, as it was imported. */
export interface OpModule {
  /** What conf or the command line calls it, for messages. */
  readonly name: string;
  /** Its namespace object. */
  readonly exports: object;
}

/** What a module may export to register by itself; what it returns is ignored, but it must not be a promise. */
export type RegisterFunction = (registries: Registries) => unknown;

/**
 * Registers what a module brings. One that exports a function `register` is asked: it is called with the registries.
 * Of any other, every exported class with an `inference` is an Op and every exported object with a `name` and a `merge`
 * is a merger; both are recognised by their shape, so that a module with its own copy of core works too.
 * @throws ServeError invalidConf that names the module: it registers nothing, a name is taken, or `register` fails.
 */
export function registerOpModule({ name, exports }: OpModule, registries: Registries): void {
  try {
    const { register } = exports as { readonly register?: unknown };
    if (typeof register === "function") callRegister(register as RegisterFunction, registries);
    else registerExports(exports, registries);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ServeError(Code.invalidConf, `module "${name}": ${message}`, { cause: thrown });
  }
}

function callRegister(register: RegisterFunction, registries: Registries): void {
  const before = countEntries(registries);
  const result = register(registries);
  if (result instanceof Promise) {
    result.catch(() => {}); // The refusal is what the caller hears.
    throw new Error("register must not be asynchronous: await at the top of the module instead");
  }
  if (countEntries(registries) === before)
    throw new Error(
      "register registered nothing new, it must call ops.register, mergers.register or services.set",
    );
}

function registerExports(exports: object, { ops, mergers }: Registries): void {
  // A set, because a module may export one thing by two names.
  const values = [...new Set<unknown>(Object.values(exports))];
  const opClasses = values.filter(isOpClass);
  const ownMergers = values.filter(isMerger);
  if (opClasses.length + ownMergers.length === 0) {
    throw new Error(
      "exports nothing to register, it must export Op classes, mergers, or a function register({ ops, mergers, services })",
    );
  }
  for (const opClass of opClasses) ops.register(opClass);
  for (const merger of ownMergers) mergers.register(merger);
}

/** A base class without an `inference` of its own is not an Op. */
function isOpClass(value: unknown): value is OpClass {
  if (typeof value !== "function") return false;
  const { prototype } = value;
  return typeof prototype?.inference === "function" && typeof prototype.bind === "function";
}

function isMerger(value: unknown): value is Merger {
  if (typeof value !== "object" || value === null) return false;
  const { name, merge } = value as Partial<Merger>;
  return typeof name === "string" && typeof merge === "function";
}

function countEntries({ ops, mergers, services }: Registries): number {
  return [...ops.types(), ...mergers.names(), ...services.keys()].length;
}

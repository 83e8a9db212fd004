import { Code } from "../code.js";
import type { KnownOpTypes } from "../dag/plan-dag.js";
import { ServeError } from "../serve-error.js";
import type { OpOptions } from "./node-config.js";
import type { OpClass } from "./op.js";
import { defineConfig } from "./op-config.js";

const noOptions = defineConfig({});

/** Op classes by the name conf uses for them. */
export class OpRegistry implements KnownOpTypes {
  readonly #classes = new Map<string, OpClass>();

  /** @throws ServeError invalidConf when another class has the name. */
  register(opClass: OpClass): this {
    const type = opTypeName(opClass);
    const existing = this.#classes.get(type);
    if (existing && existing !== opClass) {
      throw new ServeError(
        Code.invalidConf,
        `an Op type named "${type}" is already registered: give this class a static type of its own`,
      );
    }
    this.#classes.set(type, opClass);
    return this;
  }

  has(type: string): boolean {
    return this.#classes.has(type);
  }

  types(): Iterable<string> {
    return this.#classes.keys();
  }

  /** A class that says nothing of options takes none. */
  optionsOf(type: string): OpOptions {
    const opClass = this.#classes.get(type);
    return { config: opClass?.config ?? noOptions, createConfig: opClass?.createConfig?.bind(opClass) };
  }

  /** @throws ServeError invalidConf when there is none; `planDag` has checked it for a planned node. */
  get(type: string): OpClass {
    const opClass = this.#classes.get(type);
    if (!opClass) throw new ServeError(Code.invalidConf, `no Op type named "${type}"`);
    return opClass;
  }

  entries(): Iterable<[string, OpClass]> {
    return this.#classes.entries();
  }
}

export function opTypeName(opClass: OpClass): string {
  return opClass.type ?? opClass.name;
}

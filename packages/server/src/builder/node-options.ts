import type { ConfigOf, InputOf, OpClass, OutputOf } from "@paddlewheel/core";
import type { GatheredOutput, OpItems } from "./op-items.js";
import type { NodeInput, OpNode } from "./op-node.js";

/** What may be said of a node beside its Op class; the fields of conf in camelCase, see docs/conf-reference.md. */
export interface NodeOptions<C extends OpClass, Output = OutputOf<C>> {
  /** Default: the type of the Op, `_`, and how many nodes of the type without a name came before. */
  readonly name?: string;
  /** Another word for `name`: a node runs the engine of its own name. */
  readonly engineName?: string;
  /** The nodes whose outputs the Op takes, in the order it sees them. Default none: it has the request alone. */
  readonly inputs?: readonly NodeInput<InputOf<C>>[];
  /** Those options of the Op that shall not have their default. */
  readonly config?: ConfigFor<C>;
  /** Run only when this condition holds, in the words of conf; nodes go by their names. */
  readonly when?: string;
  /** Gives the output of this node when this one fails. It comes into the graph with its node. */
  readonly fallback?: OpNode<Output>;
  /** Time one run may take, in ms. Default: as long as the call. */
  readonly timeoutMs?: number;
  /** Further runs after one that failed in a way another may not. Default 0. */
  readonly retries?: number;
  /** Wait before each of those, in ms. Default 0. */
  readonly retryBackoffMs?: number;
  /** Peers of an Op that calls other servers, `host:port` each. */
  readonly address?: readonly string[];
}

/** As `NodeOptions`, for a node that runs once for each item of an output. */
export interface MappedNodeOptions<C extends OpClass> extends NodeOptions<C, GatheredOutput<OutputOf<C>>> {
  /** Its node is an input without being named as one. */
  readonly mapOver: OpItems<InputOf<C>>;
  /** Items at work at once. Default 16. */
  readonly mapConcurrency?: number;
}

/** Values for the options a class declares in its static `config`; there are none for a class that declares none. */
export type ConfigFor<C> = C extends { readonly config: infer Schema }
  ? Partial<ConfigOf<Schema>>
  : Readonly<Record<string, never>>;

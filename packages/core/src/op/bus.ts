import { Code } from "../code.js";
import { ServeError } from "../serve-error.js";
import type { Channel } from "./channel.js";

/**
 * The channels of one execution, by the name of their node. A bus inside another hides the channels it has itself and
 * shows those of the outer one.
 */
export class Bus {
  readonly #channels = new Map<string, Channel>();
  readonly #outer: Bus | undefined;

  constructor(outer?: Bus) {
    this.#outer = outer;
  }

  /** @throws ServeError internal when the name is taken. */
  register(channel: Channel): void {
    if (this.#channels.has(channel.name)) {
      throw new ServeError(Code.internal, `the bus already has a channel named "${channel.name}"`);
    }
    this.#channels.set(channel.name, channel);
  }

  /** @throws ServeError internal when there is no channel of that name. */
  channel(name: string): Channel {
    const channel = this.#channels.get(name) ?? this.#outer?.channel(name);
    if (!channel) throw new ServeError(Code.internal, `the bus has no channel named "${name}"`);
    return channel;
  }

  /** Clears its own channels, not those of an outer bus. */
  clear(): void {
    for (const channel of this.#channels.values()) channel.clear();
  }
}

import type { Server } from "../balancer.js";

/** A server that a test makes well and unwell. */
export interface FakeServer extends Server {
  isAvailable: boolean;
}

export function fakeServer(address: string, weight = 1): FakeServer {
  return { address, weight, isAvailable: true };
}

/** Servers `a:1`, `b:1` … with these weights. */
export function fakeServers(...weights: readonly number[]): FakeServer[] {
  return weights.map((weight, index) => fakeServer(`${String.fromCharCode(97 + index)}:1`, weight));
}

import { createHash } from "node:crypto";
import { murmur3 } from "./murmur3.js";
import { LoadBalancer } from "./parse-load-balancer.js";

/** The points of a server on the ring, so many of them, each 0 to 2^32 - 1. */
export type RingPoints = (address: string, replicas: number) => Uint32Array;

/** The points that brpc gives a server; clients of both kinds then send the same key to the same server. */
export const ringPointsOf: Readonly<
  Record<typeof LoadBalancer.murmurhash | typeof LoadBalancer.md5 | typeof LoadBalancer.ketama, RingPoints>
> = {
  [LoadBalancer.murmurhash]: (address, replicas) =>
    Uint32Array.from({ length: replicas }, (_, i) => murmur3(Buffer.from(`${address}-${i}`))),
  [LoadBalancer.md5]: (address, replicas) =>
    Uint32Array.from({ length: replicas }, (_, i) => md5(`${address}-${i}`).readUInt32LE(0)),
  // Four points of each hash.
  [LoadBalancer.ketama]: (address, replicas) =>
    Uint32Array.from({ length: replicas }, (_, i) => md5(`${address}-${i >> 2}`).readUInt32LE(4 * (i & 3))),
};

function md5(text: string): Buffer {
  return createHash("md5").update(text).digest();
}

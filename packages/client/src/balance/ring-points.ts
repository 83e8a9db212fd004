import { hash } from "node:crypto";
import { murmur3 } from "./murmur3.js";
import { LoadBalancer } from "./parse-load-balancer.js";

/** The points of a server on the ring, so many of them, each 0 to 2^32 - 1. */
export type RingPoints = (address: string, replicas: number) => Uint32Array;

/** The points that brpc gives a server; clients of both kinds then send the same key to the same server. */
export const ringPointsOf: Readonly<
  Record<typeof LoadBalancer.murmurhash | typeof LoadBalancer.md5 | typeof LoadBalancer.ketama, RingPoints>
> = {
  [LoadBalancer.murmurhash](address, replicas) {
    const points = new Uint32Array(replicas);
    for (let i = 0; i < replicas; i++) points[i] = murmur3(Buffer.from(`${address}-${i}`));
    return points;
  },
  [LoadBalancer.md5](address, replicas) {
    const points = new Uint32Array(replicas);
    for (let i = 0; i < replicas; i++) points[i] = md5(`${address}-${i}`).readUInt32LE();
    return points;
  },
  [LoadBalancer.ketama](address, replicas) {
    const points = new Uint32Array(replicas);
    for (let i = 0; i < replicas; i += 4) {
      const digest = md5(`${address}-${i / 4}`);
      for (let part = 0; part < 4; part++) points[i + part] = digest.readUInt32LE(4 * part);
    }
    return points;
  },
};

function md5(text: string): Buffer {
  return hash("md5", text, "buffer");
}

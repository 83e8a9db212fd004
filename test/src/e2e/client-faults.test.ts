import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  createCallEngine,
  createCluster,
  createHostTransport,
  type TransportProtocol,
} from "@paddlewheel/client";
import { firstElement, modelCall } from "./client-ways.js";
import { encodeRequest } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { slowModel, slowRequest } from "./slow-model.js";

const callCount = 300;
const inFlight = 8;
/** Rounds that keep a server at work for a moment, so that a signal hits calls under way. */
const rounds = 500;
const protocols: readonly TransportProtocol[] = ["baidu_std", "h2:grpc", "http:proto"];

describe("no call fails", () => {
  for (const protocol of protocols) {
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      test(`by ${protocol} when one of two servers ends by ${signal}`, async () => {
        await using first = await serveModel({ model: slowModel() });
        await using second = await serveModel({ model: slowModel() });
        const cluster = createCluster({ naming: `list://${first.address},${second.address}` });
        const engine = createCallEngine({
          cluster,
          connect: (address) => createHostTransport(protocol, { address }),
        });
        const answers: (number | string | undefined)[] = [];
        const hosts: string[] = [];
        let next = 0;
        const caller = async (): Promise<void> => {
          for (let id = next++; id < callCount; id = next++) {
            const { message, host } = await engine.call(
              modelCall({ message: encodeRequest(slowRequest(rounds, id)) }),
            );
            answers[id] = firstElement(message);
            if (hosts.push(host) === callCount / 3) first.command.signal(signal);
          }
        };
        await Promise.all(Array.from({ length: inFlight }, caller));
        assert.deepEqual(
          answers,
          Array.from({ length: callCount }, (_, id) => id),
        );
        assert.ok(hosts.includes(first.address));
        assert.ok(hosts.slice(-10).every((host) => host === second.address));
        engine.close();
        cluster.close();
      });
    }
  }
});

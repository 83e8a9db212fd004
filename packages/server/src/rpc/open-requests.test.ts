import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServeError } from "@paddlewheel/core";
import { OpenRequests } from "./open-requests.js";
import { noPlace } from "./placed-set.js";

test("what is open when the grace of a stopping server is over is ended, and what opens later too", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const requests = new OpenRequests();
  const ended: string[] = [];
  const open = (name: string) => {
    const request = {
      place: noPlace,
      cutOff: ({ message }: ServeError): void => {
        requests.delete(request);
        ended.push(`${name}: ${message}`);
      },
    };
    requests.add(request);
    return request;
  };
  const answered = open("answered");
  open("early");
  t.mock.timers.tick(10_000);
  requests.drain();
  assert.equal(requests.delete(answered), true);
  assert.equal(requests.delete(answered), false);
  t.mock.timers.tick(500);
  assert.deepEqual(ended.splice(0), ["early: the server is stopping"]);
  open("late");
  t.mock.timers.tick(500);
  assert.deepEqual(ended.splice(0), ["late: the server is stopping"]);
  requests.close();
  open("never");
  t.mock.timers.tick(10_000);
  assert.deepEqual(ended, []);
});

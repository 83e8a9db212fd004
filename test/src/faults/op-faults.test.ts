import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { logLines } from "../e2e/access-log.js";
import { documentedClass } from "../e2e/documented-class.js";
import { fullServiceName, protocols, type Reply, serviceName, startFaultyServer } from "./faulty-server.js";
import { goodWorkflows, type OpFault, opFaults } from "./op-faults.js";

interface Outcome {
  readonly reply: Reply;
  /** Of the good requests that followed. */
  readonly next: readonly Reply[];
}

/** What the log says of one call. */
interface CallLine {
  readonly msg: string;
  readonly level: string;
  readonly requestId?: string;
  readonly service?: string;
  readonly workflow?: string;
  readonly node?: string;
  readonly error?: string;
  readonly err?: { readonly message: string };
}

// A server that has stopped has written its whole log, so all calls come first and what they gave is looked at then.
describe("an Op that", () => {
  const outcomes = new Map<string, Outcome>();
  let log: readonly CallLine[] = [];

  before(async () => {
    const faulty = opFaults.map(({ what, nodes }) => [what, nodes] as const);
    const server = await startFaultyServer(new Map([...goodWorkflows, ...faulty]));
    for (const { what } of opFaults) {
      for (const protocol of protocols) {
        const id = requestIdOf(what, protocol);
        const send = server.send[protocol];
        const reply = await send(what, id);
        const next: Reply[] = [];
        for (const good of goodWorkflows.keys()) next.push(await send(good, `after ${id}`));
        outcomes.set(id, { reply, next });
      }
    }
    log = logLines(await server.stop());
  });

  for (const fault of opFaults) {
    for (const protocol of protocols) {
      test(`${fault.what}: ${protocol}`, () => {
        const requestId = requestIdOf(fault.what, protocol);
        const { reply, next } = outcomes.get(requestId) ?? {};
        const text = isInside(fault) ? `${fault.text} (request id ${requestId})` : fault.text;
        const status = documentedClass(fault.code)[protocol === "HTTP" ? "http" : "grpc"];
        assert.deepEqual(reply, { status, text, label: "" });
        const success = { status: protocol === "HTTP" ? 200 : 0, text: "", label: "cat" };
        assert.deepEqual(next, [success, success]);
        checkLog(
          fault,
          log.filter((line) => line.requestId === requestId),
          text,
        );
      });
    }
  }
});

/** Of the form that is taken over from callers. */
function requestIdOf(what: string, protocol: string): string {
  return `${what}-${protocol}`.replaceAll(/\W/g, "-");
}

/** Whether it is no fault of the caller, who then gets the id to ask for the whole story. */
function isInside({ code }: OpFault): boolean {
  return code === "opFailure" || code === "internal";
}

/** The line of the call has what its caller was told, and a line before it the cause; both name the place. */
function checkLog(fault: OpFault, lines: readonly CallLine[], told: string): void {
  const place = { workflow: fault.what, node: fault.node ?? "top" };
  const cause = fault.cause === undefined ? fault.text : `${fault.text}: ${fault.cause}`;
  const inside = { msg: "a call failed inside", level: "error", service: serviceName, ...place, told: cause };
  const call = { msg: "call", level: "info", service: fullServiceName, ...place, told };
  assert.deepEqual(
    lines.map(({ msg, level, service, workflow, node, error, err }) => ({
      msg,
      level,
      service,
      workflow,
      node,
      told: err?.message ?? error,
    })),
    isInside(fault) ? [inside, call] : [call],
  );
}

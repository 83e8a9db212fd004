// What a small call costs its caller in CPU time, beside @grpc/grpc-js: `node packages/client/dist/testing/cost/call-cost.js`.
// The servers and each way of calling have a process of their own; ways are measured by turns, as what else the machine
// does hits them alike then. It takes about 30 s.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { contenders, type EchoCall } from "./contenders.js";
import { type EchoServers, startEchoServers } from "./echo-servers.js";

const inFlight = 64;
const messageBytes = 100;
const callsPerRound = 5000;
const rounds = 5;

/** What a process is told to be. */
type Role =
  | { readonly name: "servers" }
  | { readonly name: "caller"; readonly way: string; readonly servers: EchoServers };

const script = fileURLToPath(import.meta.url);

async function receive<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, "message")) as [T];
  return message;
}

async function main(): Promise<void> {
  const children: ChildProcess[] = [];
  const start = (role: Role): ChildProcess => {
    const child = fork(script, [JSON.stringify(role)]);
    children.push(child);
    child.on("exit", (code) => {
      if (code) process.exit(1);
    });
    return child;
  };
  const servers = await receive<EchoServers>(start({ name: "servers" }));
  const callers = Object.keys(contenders).map((way) => ({
    way,
    child: start({ name: "caller", way, servers }),
    costs: [] as number[],
  }));
  for (let round = -1; round < rounds; round++) {
    for (const { child, costs } of callers) {
      child.send("round");
      const cost = await receive<number>(child);
      // The first warms up.
      if (round >= 0) costs.push(cost);
    }
  }
  const medians = callers.map(({ way, costs }) => ({
    way,
    cost: costs.sort((a, b) => a - b)[rounds >> 1] ?? 0,
  }));
  const baseline = medians[0]?.cost ?? 0;
  for (const { way, cost } of medians) {
    console.log(
      `${way.padEnd(28)} ${cost.toFixed(1).padStart(6)} µs/call   ${(baseline / cost).toFixed(1)} × cheaper`,
    );
  }
  for (const child of children) child.kill();
}

/** CPU time of this process per call, in µs. */
async function measureRound(call: EchoCall): Promise<number> {
  const message = Buffer.alloc(messageBytes, "x");
  const before = process.cpuUsage();
  let started = 0;
  let ended = 0;
  await new Promise<void>((resolve) => {
    const next = (): void => {
      started++;
      call(message, (isRight) => {
        if (!isRight) throw new Error("a call failed");
        if (++ended === callsPerRound) resolve();
        else if (started < callsPerRound) next();
      });
    };
    for (let i = 0; i < inFlight; i++) next();
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / callsPerRound;
}

async function play(role: Role): Promise<void> {
  if (role.name === "servers") {
    process.send?.(await startEchoServers());
    return;
  }
  const call = contenders[role.way]?.(role.servers);
  if (!call) throw new Error(`no such way: ${role.way}`);
  process.on("message", () => void measureRound(call).then((cost) => process.send?.(cost)));
}

const [given] = process.argv.slice(2);
await (given === undefined ? main() : play(JSON.parse(given) as Role));

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { workflow } from "./conf-fault.js";

const proto = `syntax = "proto3";
package shop;
message Request { string workflow = 1; }
message Answer { string label = 1; int32 err_no = 2; string err_msg = 3; }
service RankService { rpc inference(Request) returns (Answer); }
`;

export const serviceName = "RankService";
export const fullServiceName = "shop.RankService";

export const protocols = ["HTTP", "gRPC"] as const;

/** What a server said of a call. */
export interface Reply {
  /** HTTP or gRPC status. */
  readonly status: number;
  /** Why it failed; empty for success. */
  readonly text: string;
  readonly label: string;
}

/** Runs the named workflow for a request of that id. */
export type Send = (workflow: string, requestId: string) => Promise<Reply>;

/** A server of many workflows, one for each request to pick. */
export interface FaultyServer {
  readonly send: Readonly<Record<(typeof protocols)[number], Send>>;
  /** Stops it and gives its log. */
  stop(): Promise<string>;
}

/** Starts `paddlewheel start` on workflows that use the Ops of faulty-ops.ts, given as their nodes by name. */
export async function startFaultyServer(workflows: ReadonlyMap<string, string>): Promise<FaultyServer> {
  const dir = await mkdtemp(join(tmpdir(), "paddlewheel-faults-"));
  for (const [file, text] of confFiles(workflows)) await writeFile(join(dir, file), text);
  const address = ["--host", "127.0.0.1", "--port", "0"];
  const server = await startServer(["start", "--conf", dir, ...address, "--op_threads", "1"]);
  const client = new Client(server.address, credentials.createInsecure());
  return {
    send: { HTTP: sendHttp(server), gRPC: sendGrpc(client, join(dir, "rank.proto")) },
    stop: async () => {
      client.close();
      const { stdout } = await server.stop();
      await rm(dir, { recursive: true });
      return stdout;
    },
  };
}

function confFiles(workflows: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const ops = fileURLToPath(new URL("./faulty-ops.js", import.meta.url));
  const mapped = [...workflows.keys()].map(
    (name) => `  value_mapped_workflows { request_field_value: "${name}" workflow: "${name}" }\n`,
  );
  const service = `services {
  name: "${serviceName}"
  proto_file: "rank.proto"
  enable_map_request_to_workflow: true
  request_field_key: "workflow"
${mapped.join("")}}
`;
  const written = [...workflows].map(([name, nodes]) => workflow(name, nodes));
  return new Map([
    ["rank.proto", proto],
    ["infer_service.prototxt", service],
    ["workflow.prototxt", `ops: "${ops}"\n${written.join("")}`],
  ]);
}

function sendHttp({ url }: StartedServer): Send {
  return async (name, requestId) => {
    const response = await fetch(`${url}/${fullServiceName}/inference`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": requestId },
      body: JSON.stringify({ workflow: name }),
    });
    const answer = (await response.json()) as { readonly label?: string; readonly err_msg?: string };
    return { status: response.status, text: answer.err_msg ?? "", label: answer.label ?? "" };
  };
}

function sendGrpc(client: Client, protoFile: string): Send {
  const service = loadSync(protoFile)[fullServiceName] as ServiceDefinition;
  const { path, requestSerialize, responseDeserialize } = service.inference as MethodDefinition<
    object,
    { readonly label?: string }
  >;
  return (name, requestId) => {
    const metadata = new Metadata();
    metadata.set("x-request-id", requestId);
    const request = { workflow: name };
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        (error, answer) =>
          resolve({ status: error?.code ?? 0, text: error?.details ?? "", label: answer?.label ?? "" }),
      );
    });
  };
}

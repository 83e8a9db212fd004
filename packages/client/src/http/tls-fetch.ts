import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { buffer } from "node:stream/consumers";
import type { ConnectionOptions } from "node:tls";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

const gunzipAsync = promisify(gunzip);

/** A request as HttpTransport makes it. */
export interface PostInit {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

/** `fetch` with certificates, which the one of Node does not take; for POST, and answers that are plain or gzip. */
export class TlsFetch {
  readonly #agent: Agent;

  constructor(tls: ConnectionOptions) {
    this.#agent = new Agent({ ...tls, keepAlive: true });
  }

  async post(url: string, { headers, body, signal }: PostInit): Promise<Response> {
    const sent = request(url, { agent: this.#agent, method: "POST", headers, signal });
    // Of what fails after the head of the answer, its body tells.
    sent.on("error", () => {});
    sent.end(body);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    const bytes = await buffer(answer);
    const isPacked = answer.headers["content-encoding"] === "gzip";
    return new Response(isPacked ? await gunzipAsync(bytes) : bytes, {
      status: answer.statusCode ?? 0,
      headers: textHeaders(answer),
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function textHeaders({ headers }: IncomingMessage): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
}

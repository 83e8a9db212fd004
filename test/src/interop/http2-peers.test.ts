import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type SessionOptions } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { EchoServer } from "../attacks/echo-server.js";
import { python, runProgram, skipWithout } from "./programs.js";

/** The sources beside this test, which are not compiled. */
const sources = fileURLToPath(new URL("../../src/interop/", import.meta.url));

describe("clients of HTTP/2 that nobody here wrote", () => {
  let server: EchoServer;
  let folder: string;
  let bodyFile: string;
  const body = Buffer.alloc(200_000, "abc");

  before(async () => {
    // nghttp's `--continuation` sends 64 KB of headers.
    const limits = { maxHeaderListSize: 100_000, maxHeaderBlockSize: 100_000, maxHeaderFields: 200 };
    server = await EchoServer.start({ limits });
    folder = await mkdtemp(join(tmpdir(), "paddlewheel-http2-"));
    bodyFile = join(folder, "body");
    await writeFile(bodyFile, body);
  });

  after(async () => {
    const { streams, faults } = await server.report();
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
    assert.deepEqual({ streams, faults }, { streams: 0, faults: [] });
  });

  async function run(program: string, ...args: readonly string[]): Promise<Buffer> {
    const { code, stdout, stderr } = await runProgram(program, args);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  describe("curl", { skip: skipWithout("curl") }, () => {
    const flags = ["--silent", "--show-error", "--http2-prior-knowledge"];

    test("gets its body back", async () => {
      const answer = await run(
        "curl",
        ...flags,
        "--data-binary",
        `@${bodyFile}`,
        `http://${server.address}/`,
      );
      assert.ok(answer.equals(body));
    });

    test("asks without a body, over HTTP/2", async () => {
      const written = ["--write-out", "%{http_version} %{http_code} %{size_download}"];
      const text = await run("curl", ...flags, ...written, `http://${server.address}/`);
      assert.equal(text.toString(), "2 200 0");
    });
  });

  describe("nghttp", { skip: skipWithout("nghttp2") }, () => {
    /** What nghttp says of the frames it sends and receives, a line each, without times. */
    async function nghttp(...args: readonly string[]): Promise<readonly string[]> {
      const text = (await run("nghttp", "-nv", ...args, `http://${server.address}/`)).toString();
      return text.split("\n").map((line) => line.replace(/^\[ *[\d.]+\] /, "").trim());
    }

    const ways: Readonly<Record<string, readonly string[]>> = {
      "as it is": [],
      "with its headers in CONTINUATION frames": ["--continuation"],
      "with its frames padded": ["--padding=200"],
      "with windows of 1 KiB": ["--window-bits=10", "--connection-window-bits=10"],
      "with no table for headers": ["--header-table-size=0"],
      "with a table for headers that was smaller in between": [
        "--header-table-size=0",
        "--header-table-size=4096",
      ],
      "without priorities": ["--no-dep"],
    };
    for (const [way, args] of Object.entries(ways)) {
      test(`${way}: is answered and finds no fault`, async () => {
        const lines = await nghttp(`--data=${bodyFile}`, ...args);
        assert.ok(lines.some((line) => /^recv \(stream_id=\d+\) :status: 200$/.test(line)));
        assert.ok(lines.some((line) => /^recv \(stream_id=\d+\) grpc-status: 0$/.test(line)));
        const sizes = lines.map((line) => Number(/^recv DATA frame <length=(\d+)/.exec(line)?.[1] ?? 0));
        assert.equal(
          sizes.reduce((sum, size) => sum + size, 0),
          body.length,
        );
        assert.ok(!lines.some((line) => /^(?:recv|send) RST_STREAM|^recv GOAWAY|^\[ERROR\]/.test(line)));
        assert.ok(lines.some((line) => line.startsWith("(last_stream_id=0, error_code=NO_ERROR")));
      });
    }
  });

  describe("h2load", { skip: skipWithout("nghttp2") }, () => {
    const loads: Readonly<Record<string, readonly string[]>> = {
      "small requests, many at a time": ["-n", "5000", "-c", "10", "-m", "50"],
      "bodies of 200 KB": ["-n", "100", "-c", "5", "-m", "10", "--data"],
    };
    for (const [name, args] of Object.entries(loads)) {
      test(`${name}: all succeed`, async () => {
        const files = args.includes("--data") ? [bodyFile] : [];
        const text = (await run("h2load", ...args, ...files, `http://${server.address}/`)).toString();
        const count = args[1];
        assert.match(text, new RegExp(`${count} done, ${count} succeeded, 0 failed, 0 errored, 0 timeout`));
      });
    }
  });

  describe("node:http2", () => {
    const settings: Readonly<Record<string, SessionOptions["settings"]>> = {
      "its own settings": {},
      "no table for headers": { headerTableSize: 0 },
      "small windows": { initialWindowSize: 5000 },
      "large frames": { maxFrameSize: 1_000_000, initialWindowSize: 10_000_000 },
    };
    for (const [name, given] of Object.entries(settings)) {
      test(`with ${name}: has many requests answered at once`, async () => {
        const session = connect(`http://${server.address}`, given ? { settings: given } : {});
        const answers = Array.from({ length: 100 }, async (_, at) => {
          const stream = session.request({ ":method": "POST", te: "trailers" });
          stream.end(body.subarray(0, at * 1000));
          const trailers = once(stream, "trailers");
          assert.ok((await buffer(stream)).equals(body.subarray(0, at * 1000)));
          assert.equal((await trailers)[0]["grpc-status"], "0");
        });
        await Promise.all(answers);
        session.close();
        await once(session, "close");
      });
    }
  });

  describe("@grpc/grpc-js", () => {
    const asIs = (bytes: Buffer): Buffer => bytes;

    function call(client: Client, message: Buffer): Promise<Buffer | undefined> {
      return new Promise((resolve, reject) => {
        const done = (error: ServiceError | null, answer?: Buffer): void => {
          if (error) reject(error);
          else resolve(answer);
        };
        client.makeUnaryRequest("/echo.Echo/Unary", asIs, asIs, message, new Metadata(), done);
      });
    }

    test("has calls answered and cancels others", async () => {
      const client = new Client(server.address, credentials.createInsecure());
      const cancelled = Array.from({ length: 50 }, () => {
        const { promise, resolve } = deferred<number | undefined>();
        const done = (error: ServiceError | null): void => resolve(error?.code);
        client.makeUnaryRequest("/echo.Echo/Unary", asIs, asIs, body, new Metadata(), done).cancel();
        return promise;
      });
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, at) => call(client, body.subarray(at))),
      );
      for (const [at, answer] of answers.entries()) assert.ok(answer?.equals(body.subarray(at)));
      assert.deepEqual(await Promise.all(cancelled), Array(50).fill(status.CANCELLED));
      client.close();
    });
  });

  describe("grpcio of Python", { skip: skipWithout("python") }, () => {
    test("has calls answered one by one and at once, and cancels others", async () => {
      assert.ok(python, "there is no Python with grpc");
      const text = await run(python, join(sources, "http2_echo_client.py"), server.address);
      const { oneByOne, atOnce, after } = JSON.parse(text.toString());
      assert.deepEqual(
        { oneByOne, atOnce, after },
        { oneByOne: Array(7).fill(true), atOnce: true, after: "still here" },
      );
    });
  });
});

/** A promise and what fulfils it. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

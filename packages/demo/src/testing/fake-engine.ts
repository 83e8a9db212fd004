import { Code, type InferManager, ServeError, type TensorMap, type VarSignature } from "@paddlewheel/core";
import { createTestEnvironment, type TestEnvironment } from "@paddlewheel/core/testing";

export interface FakeEngineOptions {
  readonly name: string;
  readonly inputs: readonly VarSignature[];
  /** What the model gives, whatever it gets. */
  readonly outputs: TensorMap;
}

/** An environment with one engine, which keeps what it was given. */
export interface FakeEngine {
  readonly environment: TestEnvironment;
  readonly seen: readonly TensorMap[];
}

export function createFakeEngine({ name, inputs, outputs }: FakeEngineOptions): FakeEngine {
  const seen: TensorMap[] = [];
  const check = (asked: string): void => {
    if (asked !== name) throw new ServeError(Code.notFound, `no engine named "${asked}"`);
  };
  const inferManager: InferManager = {
    has: (asked) => asked === name,
    engine(asked) {
      check(asked);
      const signature = { inputs, outputs: [] };
      return { name, version: "0", signature, model: { feedVars: [], fetchVars: [] } };
    },
    async infer(asked, given) {
      check(asked);
      seen.push(given);
      return outputs;
    },
  };
  return { environment: createTestEnvironment({ inferManager }), seen };
}

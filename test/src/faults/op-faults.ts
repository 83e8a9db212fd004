import type { CodeName } from "@paddlewheel/core";

/** A workflow whose Op is at fault, and what is said of a request that runs it. */
export interface OpFault {
  /** What the Op does; also the name of the workflow. */
  readonly what: string;
  readonly nodes: string;
  readonly code: CodeName;
  /** What the caller reads; behind a fault inside the server stands the id of the request too. */
  readonly text: string;
  /** What only the log tells. */
  readonly cause?: string;
  /** The node the log names; default `top`. */
  readonly node?: string;
}

const top = (type: string, more = ""): string => `  nodes { name: "top" type: "${type}" ${more} }`;
const find = `  nodes { name: "find" type: "FindOp" }\n`;
const readsFind = `dependencies { name: "find" mode: "RO" }`;

export const opFaults: readonly OpFault[] = [
  {
    what: "throws an Error",
    nodes: top("ThrowErrorOp"),
    code: "opFailure",
    text: 'op "top" (ThrowErrorOp) failed',
    cause: "no such table: users",
  },
  {
    what: "throws a ServeError",
    nodes: top("ThrowServeErrorOp"),
    code: "invalidArgument",
    text: 'kind: must be "cat" or "dog"',
  },
  {
    what: "throws undefined",
    nodes: top("ThrowUndefinedOp"),
    code: "opFailure",
    text: 'op "top" (ThrowUndefinedOp) failed',
    cause: "threw undefined, which is no Error",
  },
  {
    what: "rejects",
    nodes: top("RejectOp"),
    code: "opFailure",
    text: 'op "top" (RejectOp) failed',
    cause: "connection refused",
  },
  {
    what: "returns a string",
    nodes: top("ReturnStringOp"),
    code: "opFailure",
    text: 'op "top" (ReturnStringOp) returned string, must return nothing or a number',
  },
  {
    what: "returns a negative number",
    nodes: top("ReturnNegativeOp"),
    code: "opFailure",
    text: 'op "top" (ReturnNegativeOp) failed with -3',
  },
  {
    what: "has an asynchronous customInit",
    nodes: top("AsyncInitOp"),
    code: "opFailure",
    text: 'customInit of op "top" (AsyncInitOp) must not be asynchronous: do the work in inference',
  },
  {
    what: "reads what its node has not declared",
    nodes: top("ReadUndeclaredOp"),
    code: "internal",
    text: 'op "top" has not declared a dependency on "find": add it to those of the node',
  },
  {
    what: "changes what its node may only read",
    nodes: find + top("ChangeReadOnlyOp", readsFind),
    code: "internal",
    text: 'op "top" may only read the output of "find": declare the dependency with mode "RW" to change it',
  },
  {
    what: "reads an output that is absent",
    nodes: `${find}  nodes { name: "maybe" type: "FindOp" ${readsFind} when: "find.score > 1" }
${top("ReadAbsentOp", 'dependencies { name: "maybe" mode: "RO" }')}`,
    code: "internal",
    text: 'op "top" reads the output of "maybe", which gave none for this request: ask hasDependArgument("maybe") first',
  },
  {
    what: "gives no response",
    nodes: top("NothingOp"),
    code: "opFailure",
    text: 'op "top" (NothingOp) ended the workflow without a response: it must set its output',
  },
  {
    what: "is left out and gives no response",
    nodes: find + top("GoodOp", `${readsFind} when: "find.score > 1"`),
    code: "opFailure",
    text: 'op "top" (GoodOp) ended the workflow without a response: it gives none when its condition does not hold',
  },
  {
    what: "gives a field of the wrong type",
    nodes: top("WrongTypeOp"),
    code: "opFailure",
    text: "op output: label: must be a string, got 5",
  },
  {
    what: "gives a field that the response does not have",
    nodes: top("WrongFieldOp"),
    code: "opFailure",
    text: 'op output: lable: message Answer has no such field; did you mean "label"?',
  },
  {
    what: "fails for an item of a map",
    nodes: find + top("ThirdFailsOp", `${readsFind} map_over: "find.boxes"`),
    code: "opFailure",
    text: 'item 2 of "find.boxes": op "top" (ThirdFailsOp) failed',
    cause: 'op "top" (ThirdFailsOp) failed: box 3 is empty',
  },
  {
    what: "maps over what is no list",
    nodes: find + top("ThirdFailsOp", `${readsFind} map_over: "find.score"`),
    code: "opFailure",
    text: '"find.score" is 0.5, a map runs over a list or the rows of tensors',
  },
  {
    what: "has a condition on a field that is missing",
    nodes: `${find}  nodes { name: "maybe" type: "FindOp" ${readsFind} when: "find.scoer > 1" }
${top("GoodOp", 'dependencies { name: "maybe" mode: "RO" }')}`,
    code: "opFailure",
    text: 'condition of node "maybe": "find" has no field "scoer"; did you mean "score"?',
    node: "maybe",
  },
  {
    what: "fails and so does its fallback",
    nodes: `${top("ThrowErrorOp", 'fallback: "spare"')}\n  nodes { name: "spare" type: "RejectOp" }`,
    code: "opFailure",
    text: 'op "spare" (RejectOp) failed',
    cause: "connection refused",
    node: "spare",
  },
  {
    what: "waits past its timeout_ms",
    nodes: top("WaitOp", "timeout_ms: 20"),
    code: "deadlineExceeded",
    text: 'op "top" (WaitOp) took longer than its timeout_ms, 20',
  },
  {
    what: "throws an Error on the pool",
    nodes: top("ThrowOnPoolOp"),
    code: "opFailure",
    text: 'op "top" (ThrowOnPoolOp) failed',
    cause: "no such table: users",
  },
  {
    what: "gives from the pool what cannot be cloned",
    nodes: top("GiveFunctionOp"),
    code: "opFailure",
    text: 'the output of op "top" (GiveFunctionOp) holds a function at boxes[0].area; only plain data, typed arrays and GeneralBlobs cross threads',
  },
  {
    what: "ends its worker thread",
    nodes: top("DieOp"),
    code: "opFailure",
    text: 'the worker thread that ran op "top" (DieOp) died; it is replaced',
    cause: "worker exited with code: 3",
  },
  {
    what: "blocks a worker thread past its timeout_ms",
    nodes: top("BlockOp", "timeout_ms: 20"),
    code: "deadlineExceeded",
    text: 'op "top" (BlockOp) took longer than its timeout_ms, 20',
  },
];

/** Workflows that answer `cat`, one for each place where Ops run. */
export const goodWorkflows: ReadonlyMap<string, string> = new Map([
  ["good", top("GoodOp")],
  ["good on the pool", top("GoodPoolOp")],
]);

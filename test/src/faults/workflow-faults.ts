import { type ConfFault, workflow } from "./conf-fault.js";

interface WorkflowFault extends Pick<ConfFault, "what"> {
  /** The nodes of the workflow; the first line is line 4 of the file. */
  readonly nodes: string;
  /** Each without `workflow.prototxt` in front. */
  readonly lines: readonly string[];
}

/** Of types, names and dependencies. */
const graphs: readonly WorkflowFault[] = [
  {
    what: "Op types, dependencies and modes that there are not",
    nodes: `
  nodes { name: "read" type: "GeneralReadOp" }
  nodes { name: "copy" type: "GeneralCopyOp" dependencies { name: "raed" mode: "RO" } }
  nodes { name: "crop" type: "GeneralCopyOp" dependencies { name: "resize" mode: "RO" } }
  nodes { name: "top" type: "ScaleOp" dependencies { name: "copy" mode: "R" } }`,
    lines: [
      ':4 workflows[0].nodes[0].type: no Op type named "GeneralReadOp"; did you mean "GeneralReaderOp"?',
      ':5 workflows[0].nodes[1].dependencies[0].name: no node named "raed" in workflow "rank"; did you mean "read"?',
      ':6 workflows[0].nodes[2].dependencies[0].name: no node named "resize" in workflow "rank", there is "startup_op", "read", "copy", "top"',
      ':7 workflows[0].nodes[3].type: no Op type named "ScaleOp": register its class, or name its module in the ops of conf',
      ':7 workflows[0].nodes[3].dependencies[0].mode: mode is "R", must be "RO" or "RW"',
    ],
  },
  {
    what: "names that are taken",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "read" type: "GeneralCopyOp" dependencies { name: "startup_op" mode: "RO" } }
  nodes { name: "startup_op" type: "GeneralCopyOp" }`,
    lines: [
      ':5 workflows[0].nodes[1].name: node name "read" is already taken by nodes[0] of workflow "rank": give it another',
      ':6 workflows[0].nodes[2].name: "startup_op" is the request, a node cannot have its name: give it another',
    ],
  },
  {
    what: "a cycle",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "east" type: "GeneralCopyOp" dependencies { name: "west" mode: "RO" } }
  nodes { name: "west" type: "GeneralCopyOp" dependencies { name: "east" mode: "RO" } }`,
    lines: [
      ':5 workflows[0].nodes[1].dependencies: the nodes "east", "west" of workflow "rank" depend on each other in a cycle: take a dependency or condition between them out',
    ],
  },
  {
    what: "a node that depends on itself",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" dependencies { name: "read" mode: "RO" } }`,
    lines: [
      ':4 workflows[0].nodes[0].dependencies[0].name: node "read" cannot depend on itself: name a node before it',
    ],
  },
  {
    what: "two last nodes",
    nodes: `
  nodes { name: "east" type: "GeneralReaderOp" }
  nodes { name: "west" type: "GeneralReaderOp" }`,
    lines: [
      ':4 workflows[0].nodes: workflow "rank" ends with 2 nodes ("east", "west"), the last stage must be exactly one: its output is the response, let one depend on the others',
    ],
  },
];

/** Of outputs that are changed. */
const changes: readonly WorkflowFault[] = [
  {
    what: "a change of the request",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" dependencies { name: "startup_op" mode: "RW" } }`,
    lines: [
      ':4 workflows[0].nodes[0].dependencies[0].mode: the request is shared by all nodes, "startup_op" can only be read: mode must be "RO"',
    ],
  },
  {
    what: "two nodes that change an output at once",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "east" type: "GeneralCopyOp" dependencies { name: "read" mode: "RW" } }
  nodes { name: "west" type: "GeneralCopyOp" dependencies { name: "read" mode: "RW" } }
  nodes {
    name: "top"
    type: "GeneralCopyOp"
    dependencies { name: "east" mode: "RO" }
    dependencies { name: "west" mode: "RO" }
  }`,
    lines: [
      ':6 workflows[0].nodes[2].dependencies[0].mode: node "west" changes the output of "read" while node "east" changes it too: let "west" depend on "east" or "east" on "west", or copy it in a node of its own',
    ],
  },
  {
    what: "a node that changes an output while another reads it",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "east" type: "GeneralCopyOp" dependencies { name: "read" mode: "RO" } }
  nodes {
    name: "west"
    type: "GeneralCopyOp"
    dependencies {
      name: "read"
      mode: "RW"
    }
  }
  nodes {
    name: "top"
    type: "GeneralCopyOp"
    dependencies { name: "east" mode: "RO" }
    dependencies { name: "west" mode: "RO" }
  }`,
    lines: [
      ':11 workflows[0].nodes[2].dependencies[0].mode: node "west" changes the output of "read" while node "east" reads it: let "west" depend on "east" or "east" on "west", or copy it in a node of its own',
    ],
  },
  {
    what: "changes that might be made twice",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "a" type: "GeneralCopyOp" dependencies { name: "read" mode: "RW" } retries: 2 }
  nodes { name: "b" type: "GeneralCopyOp" dependencies { name: "a" mode: "RW" } fallback: "spare" }
  nodes { name: "spare" type: "GeneralReaderOp" }
  nodes { name: "top" type: "GeneralCopyOp" dependencies { name: "b" mode: "RW" } map_over: "b" }`,
    lines: [
      ':5 workflows[0].nodes[1].retries: node "a" changes the output of "read" (mode "RW") and cannot run again once it has failed halfway: read it with mode "RO", or change it in a node of its own',
      ':6 workflows[0].nodes[2].fallback: node "b" changes the output of "a" (mode "RW") and may leave it half changed for its fallback and dependents: read it with mode "RO", or change it in a node of its own',
      ':8 workflows[0].nodes[4].map_over: node "top" changes the output of "b" (mode "RW") and cannot run once per item, all at once: read it with mode "RO", or change it in a node of its own',
    ],
  },
];

/** Of what controls a node, and of its options. */
const controls: readonly WorkflowFault[] = [
  {
    what: "conditions that cannot be read, or never be told",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "a" type: "GeneralCopyOp" dependencies { name: "read" mode: "RO" } when: "read.score > " }
  nodes { name: "b" type: "GeneralCopyOp" dependencies { name: "a" mode: "RO" } when: "raed.score > 1" }
  nodes { name: "c" type: "GeneralCopyOp" dependencies { name: "b" mode: "RO" } when: "size(b.score) == 'two'" }
  nodes { name: "d" type: "GeneralCopyOp" dependencies { name: "c" mode: "RO" } when: "c.score = 1" }
  nodes { name: "e" type: "GeneralCopyOp" dependencies { name: "d" mode: "RO" } when: "max(d.score)" }
  nodes { name: "top" type: "GeneralCopyOp" dependencies { name: "e" mode: "RO" } }`,
    lines: [
      ":5 workflows[0].nodes[1].when: column 14: expected a value, found the end",
      ':6 workflows[0].nodes[2].when: no node named "raed" in workflow "rank"; did you mean "read"?',
      ":7 workflows[0].nodes[3].when: column 15: \"size(b.score) == 'two'\" compares a number with a string, both must be of one type",
      ':8 workflows[0].nodes[4].when: column 9: expected a comparison operator, found "=": did you mean "=="?',
      ":9 workflows[0].nodes[5].when: column 1: max(d.score) is a number and no condition: compare it",
    ],
  },
  {
    what: "maps over nothing, or too wide",
    nodes: `
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "a" type: "GeneralCopyOp" dependencies { name: "read" mode: "RO" } map_over: "raed.x" }
  nodes { name: "b" type: "GeneralCopyOp" dependencies { name: "a" mode: "RO" } map_over: "read" }
  nodes { name: "c" type: "GeneralCopyOp" dependencies { name: "b" mode: "RO" } map_over: "b" map_concurrency: 257 }
  nodes { name: "top" type: "GeneralCopyOp" dependencies { name: "c" mode: "RO" } map_concurrency: 4 }`,
    lines: [
      ':5 workflows[0].nodes[1].map_over: node "a" has no dependency on "raed"; did you mean "read"?',
      ':6 workflows[0].nodes[2].map_over: node "b" has no dependency on "read"; it may name "startup_op", "a"',
      ":7 workflows[0].nodes[3].map_concurrency: map_concurrency is 257, must be a whole number from 1 to 256",
      ":8 workflows[0].nodes[4].map_concurrency: has no effect without map_over: remove it, or say what to map over",
    ],
  },
  {
    what: "fallbacks that cannot stand in",
    nodes: `
  nodes { name: "a" type: "GeneralReaderOp" fallback: "spar" }
  nodes { name: "b" type: "GeneralReaderOp" fallback: "b" }
  nodes { name: "c" type: "GeneralReaderOp" fallback: "spare" }
  nodes { name: "d" type: "GeneralReaderOp" fallback: "spare" }
  nodes { name: "e" type: "GeneralReaderOp" fallback: "late" }
  nodes { name: "late" type: "GeneralCopyOp" dependencies { name: "e" mode: "RO" } }
  nodes { name: "spare" type: "GeneralReaderOp" }
  nodes { name: "top" type: "GeneralCopyOp" dependencies { name: "spare" mode: "RO" } }`,
    lines: [
      ':4 workflows[0].nodes[0].fallback: no node named "spar" in workflow "rank"; did you mean "spare"?',
      ':5 workflows[0].nodes[1].fallback: node "b" cannot be its own fallback: name another node',
      ':7 workflows[0].nodes[3].fallback: node "spare" already stands by for "c": give "d" a fallback of its own',
      ':8 workflows[0].nodes[4].fallback: node "late" depends on "e", whose output is missing when it has to stand in: take that dependency out, or name another node',
      ':11 workflows[0].nodes[7].dependencies[0].name: node "spare" stands by for "c": depend on "c"',
    ],
  },
  {
    what: "fallbacks in a circle",
    nodes: `
  nodes { name: "a" type: "GeneralReaderOp" fallback: "b" }
  nodes { name: "b" type: "GeneralReaderOp" fallback: "c" }
  nodes { name: "c" type: "GeneralReaderOp" fallback: "a" }`,
    lines: [
      ':4 workflows[0].nodes[0].fallback: the nodes "a", "b", "c" of workflow "rank" depend on each other in a cycle: "b" stands by for "a", waits for it, and what depends on it waits for both: give "a" another fallback',
    ],
  },
  {
    what: "times and retries out of range",
    nodes: `
  nodes {
    name: "read"
    type: "GeneralReaderOp"
    timeout_ms: 0
    retries: 11
    retry_backoff_ms: 60001
  }`,
    lines: [
      ":7 workflows[0].nodes[0].timeout_ms: timeout_ms is 0, must be a whole number from 1 to 86400000",
      ":8 workflows[0].nodes[0].retries: retries is 11, must be a whole number from 0 to 10",
      ":9 workflows[0].nodes[0].retry_backoff_ms: retry_backoff_ms is 60001, must be a whole number from 0 to 60000",
    ],
  },
];

export const workflowFaults: readonly ConfFault[] = [...graphs, ...changes, ...controls].map(
  ({ what, nodes, lines }) => ({
    what,
    files: { "workflow.prototxt": workflow("rank", nodes) },
    lines: lines.map((line) => `workflow.prototxt${line}`),
  }),
);

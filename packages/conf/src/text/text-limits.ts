/** What a conf text may be at most. Real files stay far below; what is larger is a mistake or an attack. */
export const textLimits = {
  /** 256 KiB; the largest conf file Paddle Serving ships has 2 KiB. */
  maxBytes: 262_144,
  /** Braces or YAML collections inside each other; the schemas need 4, `config` values of YAML a few more. */
  maxDepth: 64,
  /** Words, strings and punctuation of a prototxt file. */
  maxTokens: 100_000,
  /** Nodes of a YAML file once every alias is replaced by what it stands for. */
  maxYamlNodes: 10_000,
  /** Syntax faults after which the rest of a file is not read: it is not conf at all. */
  maxSyntaxFaults: 20,
} as const;

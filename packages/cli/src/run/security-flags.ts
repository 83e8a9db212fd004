import type { FlagTable } from "../flags/flag.js";

/** Who may connect and call; of every command that starts a server. */
export const securityFlags: FlagTable = {
  auth_token_file: {
    kind: "text",
    value: "FILE",
    default: "PADDLEWHEEL_AUTH_TOKENS, else anybody may call",
    help: "who may call: lines of TOKEN [SERVICE,...], read again when they change",
    isSecret: true,
  },
  cors_origin: {
    kind: "texts",
    value: "ORIGIN",
    default: "none",
    help: "origins whose pages may call over HTTP from browsers: https://shop.example, or * for any",
  },
  tls_cert: {
    kind: "text",
    value: "FILE",
    default: "none, connections are plain",
    help: "speak TLS with this certificate, and those between it and the root; read again when it changes",
  },
  tls_key: { kind: "text", value: "FILE", help: "key of --tls_cert, not encrypted", isSecret: true },
  tls_ca: {
    kind: "text",
    value: "FILE",
    default: "none, clients are not asked",
    help: "ask clients for a certificate of these authorities",
  },
  tls_client_auth: {
    kind: "text",
    value: "WHEN",
    default: "require",
    choices: ["require", "request"],
    help: "whether clients must show a certificate of --tls_ca: require, or request when they may come without",
  },
  tls_min_version: {
    kind: "text",
    value: "VERSION",
    default: "1.2",
    choices: ["1.2", "1.3"],
    help: "least version of TLS: 1.2 or 1.3",
  },
  tls_optional: { kind: "bool", help: "take plain connections on the same port, too" },
};

export { type CertificateOptions, type IssuedCertificate, TestAuthority } from "./test-authority.js";
export { untilClosed } from "./until-closed.js";

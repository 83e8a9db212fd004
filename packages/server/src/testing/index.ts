export { type CertificateOptions, type IssuedCertificate, TestAuthority } from "./test-authority.js";

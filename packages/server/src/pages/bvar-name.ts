/**
 * A name as brpc's variables have it: `rpc_server_8010_pkg_echo_service_inference`. A capital after
 * anything else begins a word, and what is neither letter nor digit divides two. Source: bvar's to_underscored_name.
 */
export function bvarName(...parts: readonly (string | number)[]): string {
  return parts
    .join("_")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

import type { PageView } from "./page-view.js";
import type { ConnectionView, ServerView } from "./server-view.js";

/** Connections on one page: brpc shows as many. */
const maxShown = 1024;

/** `/connections`: who is connected, and what went over each connection. */
export function connectionsPage(server: ServerView): PageView {
  const now = server.clock.now();
  const all = [...server.connections()];
  const rows = all.slice(0, maxShown).map((connection) => rowOf(connection, now));
  const note = noteOf(server, all.length - rows.length);
  return [
    {
      kind: "table",
      columns: ["Remote", "Protocol", "Age", "BytesIn", "BytesOut", "Requests", "InFlight"],
      rows,
      ...(note === "" ? {} : { note }),
    },
  ];
}

function noteOf({ place }: ServerView, hidden: number): string {
  const more = hidden > 0 ? [`and ${hidden} more`] : [];
  const whose = place ? [`of process ${place.number} of ${place.count}`] : [];
  return [...more, ...whose].join(", ");
}

function rowOf(connection: ConnectionView, now: number): readonly string[] {
  const { remote, protocol = "-", openedAt, bytesIn, bytesOut, requests = "-", inFlight = "-" } = connection;
  const ageSeconds = Math.floor((now - openedAt) / 1000);
  return [remote, protocol, `${ageSeconds} s`, ...[bytesIn, bytesOut, requests, inFlight].map(String)];
}

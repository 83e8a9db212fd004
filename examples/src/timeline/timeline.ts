// Posts a request, prints the answer, and which workflows and nodes ran for it, from when to when:
// node examples/dist/timeline/timeline.js URL JSON
import { renderTimeline } from "./render-timeline.js";
import { tracedCall } from "./traced-call.js";

const [url = "", request = ""] = process.argv.slice(2);
const { body, spans } = await tracedCall(url, request);
console.log(JSON.stringify(body));
console.log(renderTimeline(spans));

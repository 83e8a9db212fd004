import { BrowserClient } from "@paddlewheel/client/browser";

const server = new URLSearchParams(location.search).get("server") ?? "http://localhost:9393";
const model = await (await fetch("housing.json")).json();
const client = new BrowserClient(server, { model, timeoutMs: 5000 });

const features = document.querySelector("textarea");
const answer = document.querySelector("output");

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  answer.textContent = await tell(features.value);
});

async function tell(text) {
  try {
    const { price } = await client.predict({ feed: { x: JSON.parse(text) }, fetch: "price" });
    return `${price.data[0].toFixed(3)} thousand dollars`;
  } catch (error) {
    return error.message;
  }
}

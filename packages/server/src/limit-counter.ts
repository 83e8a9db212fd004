// Refusals of the engines count beside those of the server.
export { limitCounter } from "@paddlewheel/core";

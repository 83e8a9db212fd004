import { describe } from "node:test";
import { FrameFlag, FrameType } from "../frame/frame-type.js";
import { settingsPayload } from "../testing/raw-frame.js";
import { settings } from "../testing/test-peer.js";
import { request, rules, settingsAck } from "./rules.js";

describe("RFC 9113, 6.5: SETTINGS", () => {
  rules("6.5", {
    "SETTINGS are about the connection": {
      send: [{ ...settings(), streamId: 1 }],
      get: ["GOAWAY 0 protocolError"],
    },
    "an acknowledgement is empty": {
      send: [{ type: FrameType.settings, flags: FrameFlag.ack, payload: settingsPayload([1, 1]) }],
      get: ["GOAWAY 0 frameSizeError"],
    },
    "SETTINGS are a multiple of 6 bytes": {
      send: [{ type: FrameType.settings, payload: new Uint8Array(8) }],
      get: ["GOAWAY 0 frameSizeError"],
    },
  });
  rules("6.5.2", {
    "SETTINGS_ENABLE_PUSH may be 0": { send: [settings([2, 0])], get: ["SETTINGS ACK"] },
    "SETTINGS_ENABLE_PUSH may be 1": { send: [settings([2, 1])], get: ["SETTINGS ACK"] },
    "SETTINGS_ENABLE_PUSH may not be 2": { send: [settings([2, 2])], get: ["GOAWAY 0 protocolError"] },
    "SETTINGS_MAX_CONCURRENT_STREAMS may be 0": { send: [settings([3, 0])], get: ["SETTINGS ACK"] },
    "SETTINGS_INITIAL_WINDOW_SIZE may be 0": { send: [settings([4, 0])], get: ["SETTINGS ACK"] },
    "SETTINGS_INITIAL_WINDOW_SIZE may be 2^31-1": {
      send: [settings([4, 2 ** 31 - 1])],
      get: ["SETTINGS ACK"],
    },
    "SETTINGS_INITIAL_WINDOW_SIZE may not be 2^31": {
      send: [settings([4, 2 ** 31])],
      get: ["GOAWAY 0 flowControlError"],
    },
    "SETTINGS_MAX_FRAME_SIZE may not be 2^14-1": {
      send: [settings([5, 16_383])],
      get: ["GOAWAY 0 protocolError"],
    },
    "SETTINGS_MAX_FRAME_SIZE may be 2^14": { send: [settings([5, 16_384])], get: ["SETTINGS ACK"] },
    "SETTINGS_MAX_FRAME_SIZE may be 2^24-1": { send: [settings([5, 2 ** 24 - 1])], get: ["SETTINGS ACK"] },
    "SETTINGS_MAX_FRAME_SIZE may not be 2^24": {
      send: [settings([5, 2 ** 24])],
      get: ["GOAWAY 0 protocolError"],
    },
    "SETTINGS_MAX_HEADER_LIST_SIZE may be anything": {
      send: [settings([6, 0]), settings([6, 2 ** 32 - 1])],
      get: ["SETTINGS ACK", "SETTINGS ACK"],
    },
  });
  rules("6.5.3", {
    "each SETTINGS is acknowledged": {
      send: [settings([3, 1]), settings(), settings([1, 100])],
      get: ["SETTINGS ACK", "SETTINGS ACK", "SETTINGS ACK"],
    },
    "settings hold from their acknowledgement on": {
      settings: [[4, 0]],
      after: [request(1), (peer) => peer.handler.stream(1).sendData(Buffer.from("hello"))],
      send: [settings([4, 2])],
      get: ["DATA 1 he", "SETTINGS ACK"],
    },
    "of a setting that comes twice the last value counts": {
      settings: [
        [4, 9],
        [4, 1],
      ],
      after: [request(1)],
      send: [(peer) => peer.handler.stream(1).sendData(Buffer.from("hello"))],
      get: ["DATA 1 h"],
    },
    "a value out of range counts though a right one follows": {
      send: [settings([5, 0], [5, 16_384])],
      get: ["GOAWAY 0 protocolError"],
    },
    "an acknowledgement nobody waits for is borne with": { send: [settingsAck()], get: [] },
  });
});

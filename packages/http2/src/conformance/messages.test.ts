import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { data, type HeaderPairs, requestHeaders, TestPeer, toFields } from "../testing/test-peer.js";
import { answer, headers, opening, play, type Rule, request, rules } from "./rules.js";

const asked = ["1 headers /service/Method", "1 end"];

function wellFormed(...pairs: HeaderPairs): Rule {
  return { send: [headers(1, pairs)], get: [], heard: asked };
}

/** A malformed request costs its stream, and the handler never hears of it. */
function malformed(...pairs: HeaderPairs): Rule {
  return { send: [headers(1, pairs)], get: ["RST_STREAM 1 protocolError"], heard: [] };
}

function malformedWith(...pairs: HeaderPairs): Rule {
  return malformed(...requestHeaders, ...pairs);
}

function malformedTrailers(...pairs: HeaderPairs): Rule {
  return {
    after: [opening(1)],
    send: [headers(1, pairs)],
    get: ["RST_STREAM 1 protocolError"],
    heard: ["1 reset protocolError"],
  };
}

function without(name: string): HeaderPairs {
  return requestHeaders.filter(([key]) => key !== name);
}

function withValue(name: string, value: string): HeaderPairs {
  return requestHeaders.map(([key, given]) => [key, key === name ? value : given]);
}

describe("RFC 9113, 8.1: HTTP message framing", () => {
  rules("8.1", {
    "a request may be HEADERS alone": { send: [request(1)], get: [], heard: asked },
    "a request may be HEADERS and DATA": {
      send: [opening(1), data(1, "a"), data(1, "b", true)],
      get: [],
      heard: ["1 headers /service/Method", "1 data 1", "1 data 1", "1 end"],
    },
    "a request may have trailers behind DATA": {
      send: [opening(1), data(1, "a"), headers(1, [["checksum", "1"]])],
      get: [],
      heard: ["1 headers /service/Method", "1 data 1", "1 end"],
    },
    "a request may have trailers and no DATA": {
      send: [opening(1), headers(1, [["checksum", "1"]])],
      get: [],
      heard: asked,
    },
    "trailers may be an empty list": { send: [opening(1), headers(1, [])], get: [], heard: asked },
    "trailers end the stream": {
      after: [opening(1)],
      send: [headers(1, [["checksum", "1"]], false)],
      get: ["RST_STREAM 1 protocolError"],
    },
    "the requests of a connection may come all at once, their frames mixed": {
      send: [opening(1), opening(3), data(3, "x", true), data(1, "y", true)],
      get: [],
      heard: [
        "1 headers /service/Method",
        "3 headers /service/Method",
        "3 data 1",
        "3 end",
        "1 data 1",
        "1 end",
      ],
    },
    "an answer before the end of the request is followed by RST_STREAM with NO_ERROR": {
      after: [opening(1)],
      send: [answer(1)],
      get: ["HEADERS 1 :status=200 END", "RST_STREAM 1 noError"],
      heard: [],
    },
  });
});

describe("RFC 9113, 8.1.1: malformed messages", () => {
  const lengthOf = (length: string): HeaderPairs[number] => ["content-length", length];
  rules("8.1.1", {
    "content-length may equal the sum of the DATA, without padding": {
      send: [
        opening(1, lengthOf("3")),
        data(1, "ab"),
        { type: 0, flags: 9, streamId: 1, payload: [2, 0x63, 0, 0] },
      ],
      get: [],
      heard: ["1 headers /service/Method", "1 data 2", "1 data 1", "1 end"],
    },
    "content-length above the sum is malformed": {
      after: [opening(1, lengthOf("3"))],
      send: [data(1, "ab", true)],
      get: ["RST_STREAM 1 protocolError"],
    },
    "content-length below the sum is malformed, and the bytes are not handed on": {
      after: [opening(1, lengthOf("3"))],
      send: [data(1, "abcd")],
      get: ["RST_STREAM 1 protocolError"],
      heard: ["1 reset protocolError"],
    },
    "content-length above 0 without a body is malformed": malformedWith(lengthOf("3")),
    "content-length of 0 without a body is right": wellFormed(...requestHeaders, lengthOf("0")),
    "content-length of 0 with a body is malformed": {
      after: [opening(1, lengthOf("0"))],
      send: [data(1, "a")],
      get: ["RST_STREAM 1 protocolError"],
    },
    "content-length that is no number is malformed": malformedWith(lengthOf("three")),
    "content-length twice and the same is right": wellFormed(...requestHeaders, lengthOf("0"), lengthOf("0")),
    "content-length twice and different is malformed": malformedWith(lengthOf("0"), lengthOf("1")),
    "a malformed request costs no other stream": {
      after: [opening(1)],
      send: [headers(3, []), data(1, "x", true)],
      get: ["RST_STREAM 3 protocolError"],
      heard: ["1 data 1", "1 end"],
    },
  });
});

describe("RFC 9113, 8.2: fields", () => {
  rules("8.2", {
    "a name in upper case is malformed": malformedWith(["Accept", "x"]),
    "a name in upper case is malformed in trailers too": malformedTrailers(["Checksum", "1"]),
  });

  for (const char of ["\0", "\x01", "\t", "\n", "\r", " ", "A", "Z", ":", "\x7f", "\x80", "\xff"]) {
    rules("8.2.1", {
      [`a name with ${JSON.stringify(char)} is malformed`]: malformedWith([`x${char}y`, "v"]),
    });
  }
  for (const value of ["a\0b", "a\nb", "a\rb", "\0", " a", "a ", "\ta", "a\t", " "]) {
    rules("8.2.1", {
      [`the value ${JSON.stringify(value)} is malformed`]: malformedWith(["x", value]),
      [`the value ${JSON.stringify(value)} is malformed in trailers too`]: malformedTrailers(["x", value]),
    });
  }
  rules("8.2.1", {
    "an empty name is malformed": malformedWith(["", "v"]),
    "an empty value is right": wellFormed(...requestHeaders, ["x", ""]),
    "blanks inside of a value are right": wellFormed(...requestHeaders, ["x", "a \t b"]),
    "bytes above 0x7f in a value are right": wellFormed(...requestHeaders, ["x", "caf\xe9"]),
    "a value of a pseudo-header is held to the same": malformed(...withValue(":path", "/a\r\nb: c")),
  });

  for (const name of ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"]) {
    rules("8.2.2", {
      [`${name} is malformed`]: malformedWith([name, "x"]),
      [`${name} is malformed in trailers too`]: malformedTrailers([name, "x"]),
    });
  }
  rules("8.2.2", {
    "te may be trailers": wellFormed(...requestHeaders, ["te", "trailers"]),
    "te may be nothing else": malformedWith(["te", "trailers, deflate"]),
  });
  rules("8.2.3", {
    "cookie may be cut into several fields": wellFormed(
      ...requestHeaders,
      ["cookie", "a=b"],
      ["cookie", "c=d"],
    ),
  });
});

describe("RFC 9113, 8.3: HTTP control data", () => {
  rules("8.3", {
    "a pseudo-header that is unknown is malformed": malformedWith([":unknown", "x"]),
    "a pseudo-header of answers is malformed": malformed([":status", "200"], ...requestHeaders),
    "a pseudo-header behind a field is malformed": malformed(
      ...without(":path"),
      ["x", "y"],
      [":path", "/service/Method"],
    ),
    "a pseudo-header in trailers is malformed": malformedTrailers([":path", "/"]),
    ...Object.fromEntries(
      requestHeaders.map(([name, value]): [string, Rule] => [
        `${name} twice is malformed`,
        malformed([name, value], ...requestHeaders),
      ]),
    ),
    "the pseudo-headers may stand in any order": wellFormed(...[...requestHeaders].reverse()),
  });
  rules("8.3.1", {
    "a request without :method is malformed": malformed(...without(":method")),
    "a request without :scheme is malformed": malformed(...without(":scheme")),
    "a request without :path is malformed": malformed(...without(":path")),
    "a request without :authority is right": wellFormed(...without(":authority")),
    "a request with an empty :method is malformed": malformed(...withValue(":method", "")),
    "a request with an empty :scheme is malformed": malformed(...withValue(":scheme", "")),
    "a request with an empty :path is malformed": malformed(...withValue(":path", "")),
    "an OPTIONS request of * is right": {
      send: [
        headers(1, [
          [":method", "OPTIONS"],
          [":scheme", "http"],
          [":path", "*"],
        ]),
      ],
      get: [],
      heard: ["1 headers *", "1 end"],
    },
    "a scheme other than http is right": wellFormed(...withValue(":scheme", "https")),
  });
});

describe("RFC 9113, 8.4: server push", () => {
  test("8.4 the server does not push, though the client lets it", () => {
    const peer = TestPeer.connected({}, [2, 1]);
    play(peer, [request(1), answer(1)]);
    assert.deepEqual(peer.take(), ["HEADERS 1 :status=200 END"]);
  });
});

describe("RFC 9113, 8.5: CONNECT", () => {
  const connect: HeaderPairs = [
    [":method", "CONNECT"],
    [":authority", "example.com:443"],
  ];
  rules("8.5", {
    "CONNECT has :method and :authority": {
      send: [headers(1, connect, false), data(1, "bytes")],
      get: [],
      heard: ["1 headers undefined", "1 data 5"],
    },
    "CONNECT without :authority is malformed": malformed([":method", "CONNECT"]),
    "CONNECT with an empty :authority is malformed": malformed([":method", "CONNECT"], [":authority", ""]),
    "CONNECT with :scheme is malformed": malformed(...connect, [":scheme", "http"]),
    "CONNECT with :path is malformed": malformed(...connect, [":path", "/"]),
    "CONNECT with :protocol, which no setting of ours allows, is malformed": malformed(
      [":method", "CONNECT"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "a"],
      [":protocol", "websocket"],
    ),
  });
});

describe("RFC 9113, 8.7: request reliability", () => {
  test("8.7 what is refused, and what lies above the last stream of GOAWAY, was not looked at", () => {
    const peer = TestPeer.connected({ limits: { maxConcurrentStreams: 1 } });
    play(peer, [request(1), request(3), data(0, "x"), request(5)]);
    assert.deepEqual(peer.take(), ["RST_STREAM 3 refusedStream", "GOAWAY 1 protocolError"]);
    assert.deepEqual([...peer.handler.streams.keys()], [1]);
  });
});

describe("RFC 9113, 10.5: denial of service", () => {
  const large: HeaderPairs = [...requestHeaders, ["x", "y".repeat(300)]];
  rules("10.5.1", {
    "a field section above SETTINGS_MAX_HEADER_LIST_SIZE is answered with 431": {
      limits: { maxHeaderListSize: 300 },
      send: [headers(1, large)],
      get: ["HEADERS 1 :status=431 END"],
      heard: [],
    },
    "a field section just as large is taken": {
      limits: { maxHeaderListSize: sizeOf(large) },
      send: [headers(1, large)],
      get: [],
      heard: asked,
    },
    "a byte less is too little": {
      limits: { maxHeaderListSize: sizeOf(large) - 1 },
      send: [headers(1, large)],
      get: ["HEADERS 1 :status=431 END"],
    },
    "a block that is not worth reading ends the connection": {
      limits: { maxHeaderBlockSize: 300 },
      send: [headers(1, large)],
      get: ["GOAWAY 0 enhanceYourCalm"],
    },
  });
  rules("10.5", {
    "frames that ask for nothing end the connection when they are too many": {
      limits: { maxIdleFrames: 10, idleFramesPerSecond: 0 },
      send: Array(20).fill({ type: 2, streamId: 1, payload: new Uint8Array(5) }),
      get: ["GOAWAY 0 enhanceYourCalm"],
    },
  });
});

/** As SETTINGS_MAX_HEADER_LIST_SIZE counts it. Source: RFC 9113 §6.5.2. */
function sizeOf(pairs: HeaderPairs): number {
  return toFields(pairs).reduce((size, { name, value }) => size + name.length + value.length + 32, 0);
}

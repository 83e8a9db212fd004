"""Calls an echo server as a client in Python does: python http2_echo_client.py ADDRESS

Sends messages of many sizes, all at once and one after another, and cancels some; prints what became of them in JSON.
"""

import json
import sys

import grpc

SIZES = [0, 1, 100, 16_000, 65_536, 300_000, 3_000_000]


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        as_is = {"request_serializer": bytes, "response_deserializer": bytes}
        call = channel.unary_unary("/echo.Echo/Unary", **as_is)
        one_by_one = [call(b"a" * size, timeout=20) == b"a" * size for size in SIZES]
        futures = [call.future(b"b" * size, timeout=20) for size in SIZES * 20]
        at_once = [len(future.result()) for future in futures]
        cancelled = [call.future(b"c" * 100_000) for _ in range(50)]
        for future in cancelled:
            future.cancel()
        after = call(b"still here", timeout=20, metadata=[("x-bin", b"\0\xff")])
    print(json.dumps({
        "oneByOne": one_by_one,
        "atOnce": at_once == SIZES * 20,
        "after": after.decode(),
    }))


main()

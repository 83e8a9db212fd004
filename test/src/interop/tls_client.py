"""Calls a server as a client in Python does, over TLS: python tls_client.py ADDRESS CA CERT KEY TOKEN REQUEST_IN_HEX

Asks for health without a token, and calls inference with the token and without; prints what became of it in JSON.
"""

import json
import sys

import grpc

INFERENCE = "/baidu.paddle_serving.predictor.general_model.GeneralModelService/inference"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def outcome(channel, path, request, metadata=()):
    try:
        call = channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)
        return {"status": "OK", "answer": call(request, timeout=20, metadata=metadata).hex()}
    except grpc.RpcError as error:
        return {"status": error.code().name, "text": error.details()}


def main():
    address, ca, cert, key, token, request = sys.argv[1:]
    message = bytes.fromhex(request)
    certificate = grpc.ssl_channel_credentials(read(ca), read(key), read(cert))
    with_token = grpc.composite_channel_credentials(certificate, grpc.access_token_call_credentials(token))
    with grpc.secure_channel(address, certificate) as channel:
        health = outcome(channel, "/grpc.health.v1.Health/Check", b"")
        refused = outcome(channel, INFERENCE, message)
        by_key = outcome(channel, INFERENCE, message, [("x-api-key", token)])
    with grpc.secure_channel(address, with_token) as channel:
        answered = outcome(channel, INFERENCE, message)
    print(json.dumps({"health": health, "refused": refused, "byKey": by_key, "answered": answered}))


main()

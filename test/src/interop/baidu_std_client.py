"""Calls a server by baidu_std as a client in Python would: python baidu_std_client.py HOST:PORT CALLS_AS_JSON

The generated modules are in the folder PYTHONPATH names. Each call is {"fields", "compress", "attachment", "log_id",
"credential", "service", "method"}, all but the first optional. All calls go over one connection at once, before the
first answer is read. Prints what became of each call, in the order they were made, as a list in JSON.
"""

import gzip
import json
import socket
import struct
import sys
import zlib

from google.protobuf import json_format

import baidu_rpc_meta_pb2 as rpc
import general_model_service_pb2 as general_model

SERVICE = "baidu.paddle_serving.predictor.general_model.GeneralModelService"
NONE, SNAPPY, GZIP, ZLIB = range(4)


def codec(compress):
    """The functions that pack and unpack."""
    if compress == SNAPPY:
        import snappy

        return snappy.compress, snappy.decompress
    return {
        NONE: (bytes, bytes),
        GZIP: (gzip.compress, gzip.decompress),
        ZLIB: (zlib.compress, zlib.decompress),
    }[compress]


def request_frame(number, call):
    message = json_format.ParseDict(call["fields"], general_model.Request()).SerializeToString()
    compress = call.get("compress", NONE)
    packed = codec(compress)[0](message)
    attachment = call.get("attachment", "").encode()
    meta = rpc.RpcMeta(correlation_id=number, compress_type=compress)
    meta.request.service_name = call.get("service", SERVICE)
    meta.request.method_name = call.get("method", "inference")
    if "log_id" in call:
        meta.request.log_id = call["log_id"]
    if "credential" in call:
        meta.authentication_data = call["credential"].encode()
    if attachment:
        meta.attachment_size = len(attachment)
    head = meta.SerializeToString()
    payload = packed + attachment
    return b"PRPC" + struct.pack(">II", len(head) + len(payload), len(head)) + head + payload


def read_frame(stream):
    """The meta of a frame and its message; None at the end of the connection."""
    header = stream.read(12)
    if len(header) < 12:
        return None
    size, meta_size = struct.unpack(">4xII", header)
    meta = rpc.RpcMeta.FromString(stream.read(meta_size))
    payload = stream.read(size - meta_size)
    return meta, payload[: len(payload) - meta.attachment_size]


def outcome(meta, payload):
    if meta.response.error_code != 0:
        return {"code": meta.response.error_code, "text": meta.response.error_text}
    response = general_model.Response.FromString(codec(meta.compress_type)[1](payload))
    return {
        "code": 0,
        "answer": [
            {"name": tensor.name, "alias": tensor.alias_name, "shape": list(tensor.shape), "floats": list(tensor.float_data)}
            for output in response.outputs
            for tensor in output.tensor
        ],
    }


def exchange(address, calls):
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"".join(request_frame(number, call) for number, call in enumerate(calls)))
        outcomes = {}
        with connection.makefile("rb") as stream:
            while len(outcomes) < len(calls) and (frame := read_frame(stream)):
                outcomes[frame[0].correlation_id] = outcome(*frame)
    return [outcomes.get(number) for number in range(len(calls))]


def main():
    address, calls = sys.argv[1:]
    print(json.dumps(exchange(address, json.loads(calls))))


main()

"""Calls a server as a client in Python does: python general_model_client.py ADDRESS CALLS_AS_JSON

The generated modules are in the folder PYTHONPATH names. Prints what became of each call as a list in JSON.
"""

import json
import sys

import grpc
from google.protobuf import json_format

import general_model_service_pb2 as general_model
import health_pb2 as health

INFERENCE = "/baidu.paddle_serving.predictor.general_model.GeneralModelService/inference"


def inference(channel, fields):
    request = json_format.ParseDict(fields, general_model.Request())
    response = unary(channel, INFERENCE, request, general_model.Response)
    return [
        {"name": tensor.name, "alias": tensor.alias_name, "shape": list(tensor.shape), "floats": list(tensor.float_data)}
        for output in response.outputs
        for tensor in output.tensor
    ]


def check_health(channel, fields):
    request = json_format.ParseDict(fields, health.HealthCheckRequest())
    response = unary(channel, "/grpc.health.v1.Health/Check", request, health.HealthCheckResponse)
    return health.HealthCheckResponse.ServingStatus.Name(response.status)


def unary(channel, path, request, response_type):
    method = channel.unary_unary(
        path,
        request_serializer=type(request).SerializeToString,
        response_deserializer=response_type.FromString,
    )
    return method(request, timeout=20)


def outcome(channel, method, fields):
    try:
        return {"status": "OK", "answer": {"inference": inference, "health": check_health}[method](channel, fields)}
    except grpc.RpcError as error:
        number = dict(error.trailing_metadata() or ()).get("x-bd-error-code")
        return {"status": error.code().name, "text": error.details(), "number": number}


def main():
    address, calls = sys.argv[1:]
    with grpc.insecure_channel(address) as channel:
        print(json.dumps([outcome(channel, method, fields) for method, fields in json.loads(calls)]))


main()

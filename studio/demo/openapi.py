"""The endpoint's published spec, mended where it contradicts itself. Served at /demo/openapi.json."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

PUBLISHED = Path(__file__).with_name("create-video.openapi.json")
PATH = "/v1/chat/completions"
NUMBERS = {"temperature": (0, 2), "top_p": (0, 1), "presence_penalty": (-2, 2), "frequency_penalty": (-2, 2)}

# Every difference from the published spec, as JSON pointers below the endpoint's request or at the top; a test computes
# the real differences and compares them with this list. Every optional field may also be null: clients send it for "not
# set", and the published words for stop say so.
MENDED = {
    "info.title": "was empty",
    "servers": "the embedded gateway itself",
    "paths": "the list of models is part of what is served",
    "components": "error shape and roles are written down",
    "operation.description": "says what this server does",
    "operation.parameters": "Content-Type, Accept and Authorization are not parameters in OpenAPI; X-Forwarded-Host is ignored here",
    "operation.responses": "errors are described, the stream too",
    "operation.x-run-in-apifox": "an address of the publisher's tool",
    "operation.requestBody.required": "a body is needed",
    "required": "tools and tool_choice were required, the example leaves them out",
    "messages": "not empty; roles are known; content may be a list of parts",
    "temperature": "was integer, is described as 0.8",
    "top_p": "was integer, is described as 0.1",
    "presence_penalty": "range written down",
    "frequency_penalty": "range written down",
    "n": "range written down",
    "stream": "may be null",
    "max_tokens": "range written down",
    "stop": "was string, is described as up to four sequences",
    "logit_bias": "was null, is described as an object",
    "user": "may be null",
    "response_format": "may be null",
    "tools": "was a list of strings, is described as functions",
    "tool_choice": "was an object only, is described as none or auto too",
    "seed": "the field that “seen” misspells; both are taken",
    "seen": "range written down",
    "stream_options": "not in the spec; every client asks for usage with it",
}


@cache
def published() -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(PUBLISHED.read_text())
    return spec


@cache
def mended() -> dict[str, Any]:
    spec = copy.deepcopy(published())
    spec["info"]["title"] = "Studio's Demo gateway"
    spec["servers"] = [{"url": "/demo"}]
    operation = spec["paths"][PATH]["post"]
    operation["description"] = (
        "Makes a small film from the prompt. Any bearer key is accepted. See the README for faults."
    )
    operation["parameters"] = []
    operation.pop("x-run-in-apifox", None)
    operation["requestBody"]["required"] = True
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    schema["required"] = ["model", "messages"]
    _mend_fields(schema["properties"])
    answer = operation["responses"]["200"]
    answer["description"] = "The whole answer, or with stream: true its Server-Sent Events up to [DONE]."
    answer["content"]["text/event-stream"] = {"example": STREAM}  # a schema of OpenAPI 3.0 cannot say what an event is
    message = answer["content"]["application/json"]["schema"]["properties"]["choices"]["items"]
    message["required"] = ["index", "message", "finish_reason"]
    for status, told in ERRORS.items():
        operation["responses"][status] = {
            "description": told,
            "content": REFUSED,
        }
    spec["components"]["schemas"]["Error"] = ERROR
    spec["paths"]["/v1/models"] = {"get": MODELS}
    spec["paths"]["/v1/models/{model}"] = {"get": ONE_MODEL}
    return spec


def _mend_fields(fields: dict[str, Any]) -> None:
    words = {"type": "string", "maxLength": 100_000}
    part = {"type": "object", "properties": {"type": {"type": "string"}, "text": words}, "required": ["type"]}
    fields["messages"]["minItems"] = 1
    fields["messages"]["maxItems"] = 200
    turn = fields["messages"]["items"]
    turn["properties"]["role"]["enum"] = ["assistant", "developer", "function", "system", "tool", "user"]
    turn["properties"]["content"] = {"oneOf": [words, {"type": "array", "items": part}]}
    turn["required"] = ["role", "content"]
    for name, (low, high) in NUMBERS.items():
        fields[name] |= {"type": "number", "minimum": low, "maximum": high}
    fields["n"] |= {"minimum": 1, "maximum": 4}
    fields["max_tokens"] |= {"minimum": 1, "maximum": 10_000_000}
    ends = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 4}
    fields["stop"] = {
        "description": fields["stop"]["description"],
        "oneOf": [{"type": "string", "nullable": True}, ends],
    }
    fields["logit_bias"] |= {
        "type": "object",
        "additionalProperties": {"type": "number", "minimum": -100, "maximum": 100},
    }
    fields["tools"]["items"] = {"oneOf": [{"type": "object"}, {"type": "string"}]}
    fields["tool_choice"] = {
        "description": fields["tool_choice"]["description"],
        "oneOf": [{"type": "string", "enum": ["none", "auto", "required"]}, {"type": "object", "nullable": True}],
    }
    fields["stream_options"] = {"type": "object", "properties": {"include_usage": {"type": "boolean"}}}
    for name in fields.keys() - {"model", "messages", "stop", "tool_choice"}:
        fields[name]["nullable"] = True
    fields["seen"] |= {"minimum": -(2**63), "maximum": 2**63 - 1}
    fields["seed"] = dict(fields["seen"])


STREAM = """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"sora-2","choices":[{"index":0,"delta":{"content":"36.."},"finish_reason":null}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"sora-2","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: [DONE]

"""
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": "string", "nullable": True},
                "code": {"type": "string", "nullable": True},
            },
        }
    },
}
ERRORS = {
    "400": "A field is wrong; param names it.",
    "401": "No bearer key.",
    "403": "No credit (on demand).",
    "404": "No such model.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "Too many requests (on demand).",
    "503": "No channel available (on demand).",
}
REFUSED = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
ONE_MODEL = {
    "summary": "One of the models on offer",
    "parameters": [
        {
            "name": "model",
            "in": "path",
            "required": True,
            "example": "sora-2",
            "schema": {"type": "string", "minLength": 1},
        }
    ],
    "responses": {
        "200": {
            "description": "The model",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["id", "object", "created", "owned_by"],
                        "properties": {"id": {"type": "string"}, "object": {"type": "string", "enum": ["model"]}},
                    }
                }
            },
        },
        "401": {"description": "No bearer key.", "content": REFUSED},
        "404": {"description": "No such model.", "content": REFUSED},
    },
    "security": [{"bearer": []}],
}
MODELS = {
    "summary": "The models on offer",
    "responses": {
        "200": {
            "description": "A list",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["object", "data"],
                        "properties": {
                            "object": {"type": "string"},
                            "data": {"type": "array", "items": {"type": "object", "required": ["id", "object"]}},
                        },
                    }
                }
            },
        },
        "401": {"description": "No bearer key.", "content": REFUSED},
    },
    "security": [{"bearer": []}],
}

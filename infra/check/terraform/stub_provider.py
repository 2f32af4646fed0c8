"""A provider that knows its schemas and nothing else: `stub_provider.py NAME ADDRESS`.

It prints how Terraform reaches it, one line of TF_REATTACH_PROVIDERS, and serves until it is ended. Runs in the
environment of the tool `tf`.
"""

import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory

import grpc  # type: ignore[import-untyped]
from grammar import Item, read  # type: ignore[import-not-found]
from schemas import DATA, PROVIDERS, RESOURCES  # type: ignore[import-not-found]
from tf import schema, types  # type: ignore[import-not-found]
from tf.blocks import SetNestedBlock  # type: ignore[import-not-found]
from tf.gen.tfplugin_pb2_grpc import add_ProviderServicer_to_server  # type: ignore[import-not-found]
from tf.provider import ProviderServicer  # type: ignore[import-not-found]

STRING = types.String()


class Shape(types.String):  # type: ignore[misc]
    """A type that `tf` has no class for, in Terraform's own notation."""

    def __init__(self, notation: object) -> None:
        self._notation = notation

    def tf_type(self) -> bytes:
        return json.dumps(self._notation).encode()


_ENDPOINT = ["list", ["object", {"endpoint": "string"}]]
TYPES = {
    "string": STRING,
    "bool": types.Bool(),
    "number": types.Number(),
    "list": types.List(STRING),
    "set": types.Set(STRING),
    "numbers": types.List(types.Number()),
    "map": types.Map(STRING),
    "objects": Shape(["list", ["object", {"name": "string", "value": "string"}]]),
    "kubernetes": Shape(["object", {"host": "string", "token": "string"}]),
    "endpoints": Shape(["list", ["object", {"dns_endpoint_config": _ENDPOINT}]]),
}


def attributes(items: tuple[Item, ...]) -> list[schema.Attribute]:
    return [
        schema.Attribute(
            item.name, TYPES[item.type], required=item.mark == "!", optional=item.mark == "?", computed=item.mark == "="
        )
        for item in items
        if not item.is_block
    ]


def blocks(items: tuple[Item, ...]) -> list[SetNestedBlock]:
    return [
        SetNestedBlock(item.name, schema.Block(attributes=attributes(item.items), block_types=blocks(item.items)))
        for item in items
        if item.is_block
    ]


def schema_of(line: str, *, has_id: bool) -> schema.Schema:
    items = read(line + (" id=" if has_id else ""))
    return schema.Schema(attributes=attributes(items), block_types=blocks(items))


def stub(name: str, line: str) -> type:
    made = schema_of(line, has_id=True)
    return type(
        name,
        (),
        {
            "__init__": lambda self, provider=None: None,
            "get_name": classmethod(lambda cls: name),
            "get_schema": classmethod(lambda cls: made),
            "validate": lambda self, diags, type_name, config: None,
        },
    )


class Provider:
    def __init__(self, name: str) -> None:
        self._name = name

    def get_model_prefix(self) -> str:
        return ""

    def get_provider_schema(self, diags: object) -> schema.Schema:
        return schema_of(PROVIDERS[self._name], has_id=False)

    def full_name(self) -> str:
        return self._name

    def validate_config(self, diags: object, config: object) -> None: ...

    def configure_provider(self, diags: object, config: object) -> None: ...

    def get_data_sources(self) -> list[type]:
        return [stub(name, line) for name, line in DATA.items() if name.startswith(f"{self._name}_")]

    def get_resources(self) -> list[type]:
        return [stub(name, line) for name, line in RESOURCES.items() if name.startswith(f"{self._name}_")]

    def get_functions(self) -> list[type]:
        return []

    def new_resource(self, klass: type) -> object:
        return klass()

    def new_data_source(self, klass: type) -> object:
        return klass()


def serve(name: str, address: str) -> None:
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    add_ProviderServicer_to_server(ProviderServicer(Provider(name)), server)
    with TemporaryDirectory() as folder:
        socket = f"{folder}/provider.sock"
        server.add_insecure_port(f"unix://{socket}")
        server.start()
        where = {"Network": "unix", "String": socket}
        reattach = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True, "Addr": where}
        print(json.dumps({address: reattach}), flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        server.stop(grace=0)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    serve(*sys.argv[1:])

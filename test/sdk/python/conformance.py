"""What the Python chapters share: features, and a record of the calls a client makes.

A script says `CHAPTER` (its title) and `CLIENT` ("pymilvus" for MilvusClient, "ORM"), marks functions with `@feature("…")`, or `@feature("…", chapter="…")`
for a feature of another chapter, and ends with `run()`.
Arguments of the script: URI of a running Braid, root of its storage. It prints one JSON line for each feature: its name and chapter, the error or null, the calls with their codes.
"""

import json
import sys
import traceback

import grpc

uri = sys.argv[1]
storage_folder = sys.argv[2] if len(sys.argv) > 2 else None
_features = []
_calls = set()
_names = 0


class _Recorder(grpc.UnaryUnaryClientInterceptor):
    def intercept_unary_unary(self, continuation, details, request):
        call = continuation(details, request)
        if call.exception() is None:
            answer = call.result()
            status = getattr(answer, "status", answer)
            code = getattr(status, "code", 0) or (1 if getattr(status, "error_code", 0) else 0)
            method = details.method if isinstance(details.method, str) else details.method.decode()
            _calls.add(f"{method.rsplit('/', 1)[-1]}:{code}")
        return call


_insecure_channel = grpc.insecure_channel
grpc.insecure_channel = lambda *arguments, **options: grpc.intercept_channel(
    _insecure_channel(*arguments, **options), _Recorder()
)


def feature(name, chapter=None):
    def add(function):
        _features.append((name, chapter, function))
        return function

    return add


def unique_name(base):
    global _names
    import os

    _names += 1
    return f"{base}_py_{os.getpid()}_{_names}"


def fails_with(call, code, words=""):
    """The call must raise pymilvus' error with this code and these words."""
    from pymilvus import MilvusException

    try:
        answer = call()
    except MilvusException as error:
        assert error.code == code, f"code {error.code} instead of {code}: {error.message}"
        assert words in error.message, error.message
    else:
        raise AssertionError(f"expected code {code}, got {answer}")


def run():
    for name, chapter, function in _features:
        error = None
        try:
            function()
        except BaseException:
            error = traceback.format_exc()
        result = {"feature": name, "chapter": chapter or sys.modules["__main__"].CHAPTER, "error": error}
        print(json.dumps({**result, "calls": sorted(_calls)}), flush=True)
        _calls.clear()

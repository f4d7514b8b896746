"""Copies collections from one server to another through their APIs: Milvus 2.4 or later to Braid, or back.

    python copy_collections.py --source http://milvus:19530 --target http://127.0.0.1:19530 books articles

Interrupted, the same command goes on where it was (--progress FILE). Rows that are written to the source meanwhile may be missing: stop writers, or copy again what is newer.
"""

import argparse
import json
import os

from pymilvus import MilvusClient

from collections_of_milvus import batches_of, count, create_like, key_field, partitions_of, schema_of

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("collections", nargs="+", help="names of collections")
arguments.add_argument("--source", required=True, help="URI, such as http://milvus:19530")
arguments.add_argument("--target", required=True)
arguments.add_argument("--source-token", default="", help="user:password")
arguments.add_argument("--target-token", default="")
arguments.add_argument("--source-database", default="default")
arguments.add_argument("--target-database", default="default")
arguments.add_argument("--batch-rows", type=int, default=1000, help="rows read and written at a time")
arguments.add_argument("--progress", default="copy-progress.json", help="where the last key of each partition is kept")
options = arguments.parse_args()

source = MilvusClient(uri=options.source, token=options.source_token, db_name=options.source_database)
target = MilvusClient(uri=options.target, token=options.target_token, db_name=options.target_database)


class Progress:
    """The last key that was copied, by collection and partition; a file that is replaced whole."""

    def __init__(self, path):
        self.path = path
        self.keys = json.load(open(path)) if os.path.exists(path) else {}

    def last(self, name, partition):
        return self.keys.get(name, {}).get(partition or "")

    def note(self, name, partition, key):
        self.keys.setdefault(name, {})[partition or ""] = key
        with open(self.path + ".new", "w") as file:
            json.dump(self.keys, file)
        os.replace(self.path + ".new", self.path)


def copy(name, progress):
    if target.has_collection(name):
        if name not in progress.keys:
            raise SystemExit(f"the target has a collection {name} already, and {progress.path} knows nothing of it")
        schema = schema_of(source, name)
    else:
        schema = create_like(source, target, name)
        progress.keys[name] = {}
    key = key_field(schema).name
    for partition in partitions_of(source, name, schema):
        after = progress.last(name, partition)
        # The first batch after an interruption may be there already.
        write = target.upsert if after is not None else target.insert
        for rows in batches_of(source, name, schema, partition, after, options.batch_rows):
            write(name, rows, **({"partition_name": partition} if partition else {}))
            write = target.insert
            progress.note(name, partition, rows[-1][key])
    target.flush(name)
    counted = count(source, name), count(target, name)
    if counted[0] != counted[1]:
        raise SystemExit(f"{name}: {counted[0]} rows at the source, {counted[1]} at the target")
    print(f"{name}: {counted[1]} rows")


progress = Progress(options.progress)
for collection in options.collections:
    copy(collection, progress)

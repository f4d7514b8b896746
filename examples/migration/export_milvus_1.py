"""Writes a collection of Milvus 1.x into files of JSON lines, by partition: rows {"id": ..., "vector": [...]} for an import job of Braid.

    python export_milvus_1.py --host milvus1 --folder exported books

Needs pymilvus 1.1.2 (Python 3.6 to 3.9). Ask the writable node itself, not Mishards, and flush before: rows that are in no segment yet are not seen.
"""

import argparse
import json
import os

from milvus import Milvus

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("collection")
arguments.add_argument("--host", required=True)
arguments.add_argument("--port", default="19530")
arguments.add_argument("--folder", required=True, help="where the files are written")
arguments.add_argument("--batch-rows", type=int, default=1000, help="vectors asked for at a time")
options = arguments.parse_args()


def expect_ok(answer):
    status, value = answer
    if not status.OK():
        raise SystemExit("%s: %s" % (options.collection, status.message))
    return value


client = Milvus(host=options.host, port=options.port)
os.makedirs(options.folder, exist_ok=True)
stats = expect_ok(client.get_collection_stats(options.collection))
for partition in stats["partitions"]:
    written = 0
    path = os.path.join(options.folder, "%s.%s.jsonl" % (options.collection, partition["tag"]))
    with open(path, "w") as file:
        for segment in partition["segments"] or []:
            ids = expect_ok(client.list_id_in_segment(options.collection, segment["name"]))
            for start in range(0, len(ids), options.batch_rows):
                some = ids[start : start + options.batch_rows]
                vectors = expect_ok(client.get_entity_by_id(options.collection, some, partition_tag=partition["tag"]))
                for key, vector in zip(some, vectors):
                    # A row that was deleted has an empty vector until the segment is compacted; binary vectors are bytes.
                    if len(vector) > 0:
                        file.write(json.dumps({"id": key, "vector": list(vector)}) + "\n")
                        written += 1
    print("%s: %d of %d rows" % (path, written, partition["row_count"]))

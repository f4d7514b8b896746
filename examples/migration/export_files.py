"""Writes a collection into Parquet files (or JSON, CSV) with pymilvus' LocalBulkWriter, for an import job of Braid or Milvus.

    python export_files.py --source http://milvus:19530 --folder /mnt/shared/braid/imports/books books

Keys that the server gave (auto_id) are left out: an import gives new ones.
Prints the names of the files as an import job takes them: one list, relative to --root.
"""

import argparse
import json
import os

import numpy
from pymilvus import DataType, MilvusClient
from pymilvus.bulk_writer import BulkFileType, LocalBulkWriter

from collections_of_milvus import batches_of, key_field, schema_of

NUMPY_TYPES = {DataType.FLOAT16_VECTOR: numpy.float16, DataType.INT8_VECTOR: numpy.int8}

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("collection")
arguments.add_argument("--source", required=True)
arguments.add_argument("--source-token", default="")
arguments.add_argument("--folder", required=True, help="where the files are written")
arguments.add_argument("--root", help="root of the storage that the import job reads; by default --folder")
arguments.add_argument("--format", choices=["PARQUET", "JSON", "CSV"], default="PARQUET")
arguments.add_argument("--partition", help="only this one")
arguments.add_argument("--file-megabytes", type=int, default=128)
options = arguments.parse_args()

client = MilvusClient(uri=options.source, token=options.source_token)
schema = schema_of(client, options.collection)
os.makedirs(options.folder, exist_ok=True)
in_bytes = {field.name: NUMPY_TYPES[field.dtype] for field in schema.fields if field.dtype in NUMPY_TYPES}
with LocalBulkWriter(
    schema=schema,
    local_path=options.folder,
    chunk_size=options.file_megabytes * 1024 * 1024,
    file_type=BulkFileType[options.format],
) as writer:
    for rows in batches_of(client, options.collection, schema, options.partition):
        for row in rows:
            if key_field(schema).auto_id:
                del row[key_field(schema).name]
            writer.append_row({name: numpy.frombuffer(value, in_bytes[name]) if name in in_bytes else value for name, value in row.items()})
    writer.commit()
    files = [path for batch in writer.batch_files for path in batch]
print(json.dumps([os.path.relpath(path, options.root or options.folder) for path in files]))

"""Compares a collection on two servers: rows of every partition, sampled rows field by field, and what searches find.

    python verify_copy.py --source http://milvus:19530 --target http://127.0.0.1:19530 books
"""

import argparse
import random

from pymilvus import DataType, MilvusClient

from collections_of_milvus import batches_of, count, key_field, partitions_of, schema_of

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("collection")
arguments.add_argument("--source", required=True)
arguments.add_argument("--target", required=True)
arguments.add_argument("--source-token", default="")
arguments.add_argument("--target-token", default="")
arguments.add_argument("--samples", type=int, default=100, help="rows that are compared, and searched for")
arguments.add_argument("--overlap", type=float, default=0.9, help="share of the 10 nearest rows that both must find")
options = arguments.parse_args()
name = options.collection
source = MilvusClient(uri=options.source, token=options.source_token)
target = MilvusClient(uri=options.target, token=options.target_token)
schema = schema_of(source, name)
key = key_field(schema).name
problems = []

for partition in partitions_of(source, name, schema):
    counted = count(source, name, partition), count(target, name, partition)
    if counted[0] != counted[1]:
        problems.append(f"partition {partition or 'all'}: {counted[0]} rows at the source, {counted[1]} at the target")

samples, seen = [], 0
for rows in batches_of(source, name, schema):
    for row in rows:
        seen += 1
        if len(samples) < options.samples:
            samples.append(row)
        elif (at := random.randrange(seen)) < options.samples:
            samples[at] = row

found = target.get(name, ids=[row[key] for row in samples], output_fields=["*"], consistency_level="Strong")
at_target = {row[key]: row for row in found}
for row in samples:
    other = at_target.get(row[key])
    for field, value in row.items():
        its = None if other is None else other.get(field)
        its = its[0] if isinstance(value, bytes) and isinstance(its, list) else its
        if its != value:
            problems.append(f"row {row[key]}, field {field}: {value!r} at the source, {its!r} at the target")

overlaps = []
for field in schema.fields:
    if field.dtype != DataType.FLOAT_VECTOR:
        continue
    vectors = [row[field.name] for row in samples if row.get(field.name) is not None]
    answers = [
        client.search(name, vectors, anns_field=field.name, limit=10, consistency_level="Strong")
        for client in (source, target)
    ]
    for ours, theirs in zip(*answers):
        keys = {hit[key] for hit in ours}
        overlaps.append(len(keys & {hit[key] for hit in theirs}) / max(len(keys), 1))
overlap = sum(overlaps) / len(overlaps) if overlaps else 1.0
if overlap < options.overlap:
    problems.append(f"only {overlap:.0%} of the rows that searches find are the same")

for problem in problems[:20]:
    print(problem)
print(f"{name}: {seen} rows, {len(samples)} compared, {overlap:.0%} of the nearest rows are the same, {len(problems)} differences")
raise SystemExit(1 if problems else 0)

"""Bulk import through the ORM: files that pymilvus' own writer makes."""

import os
import shutil
import tempfile
import time

import numpy as np
from conformance import fails_with, feature, run, storage_folder, unique_name, uri
from pymilvus import BulkInsertState, DataType, MilvusClient, connections, utility
from pymilvus.bulk_writer import BulkFileType, LocalBulkWriter

CHAPTER = "Bulk import"
CLIENT = "ORM"
ROWS = 300
DIMENSION = 8
client = MilvusClient(uri=uri)
connections.connect(uri=uri)


def create():
    name = unique_name("bulk")
    schema = client.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("flag", DataType.BOOL)
    schema.add_field("small", DataType.INT8)
    schema.add_field("weight", DataType.DOUBLE, nullable=True)
    schema.add_field("title", DataType.VARCHAR, max_length=100)
    schema.add_field("document", DataType.JSON)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIMENSION)
    schema.add_field("half", DataType.FLOAT16_VECTOR, dim=DIMENSION)
    schema.add_field("bits", DataType.BINARY_VECTOR, dim=16)
    schema.add_field("numbers", DataType.ARRAY, element_type=DataType.INT64, max_capacity=10)
    schema.add_field("words", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=10, max_length=20)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    index = client.prepare_index_params()
    index.add_index("vector", index_type="HNSW", metric_type="L2")
    index.add_index("half", index_type="FLAT", metric_type="L2")
    index.add_index("bits", index_type="BIN_FLAT", metric_type="HAMMING")
    index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    client.create_collection(name, schema=schema, index_params=index)
    return name, schema


def row_of(i):
    vector = np.arange(DIMENSION, dtype=np.float32) + i
    return {
        "id": i,
        "flag": i % 2 == 0,
        "small": i % 100,
        "weight": None if i % 10 == 0 else i / 4,
        "title": f"title {i}",
        "document": {"number": i, "list": [1, 2, {"deep": "ü"}]},
        "vector": vector.tolist(),
        "half": vector.astype(np.float16),
        "bits": bytes([i % 256, 255]),
        "numbers": [i, i + 1] if i % 3 else [],
        "words": [f"w{i}", "ü"],
        "sparse": {i: 0.5, 1000: 2.0},
        "shelf": f"shelf {i % 3}",
    }


def write(schema, file_type):
    """Files of the writer, moved below the root of the storage; their paths there."""
    folder = tempfile.mkdtemp()
    with LocalBulkWriter(schema, folder, chunk_size=64 * 1024 * 1024, file_type=file_type) as writer:
        for i in range(ROWS):
            writer.append_row(row_of(i))
        writer.commit()
        batches = writer.batch_files
    target = unique_name("Bulk")
    paths = []
    for batch in batches:
        for path in batch:
            kept = os.path.join(target, os.path.relpath(path, folder))
            os.makedirs(os.path.dirname(os.path.join(storage_folder, kept)), exist_ok=True)
            shutil.copyfile(path, os.path.join(storage_folder, kept))
            paths.append(kept)
    shutil.rmtree(folder)
    return paths


def wait(task):
    for _ in range(600):
        state = utility.get_bulk_insert_state(task)
        if state.state in (BulkInsertState.ImportCompleted, BulkInsertState.ImportFailed):
            return state
        time.sleep(0.05)
    raise AssertionError(f"import {task} does not end: {state}")


def check(file_type):
    name, schema = create()
    task = utility.do_bulk_insert(name, files=write(schema, file_type))
    state = wait(task)
    assert state.state == BulkInsertState.ImportCompleted, state
    assert state.row_count == ROWS and state.failed_reason == "" and state.collection_name == name, state
    assert task in [one.task_id for one in utility.list_bulk_insert_tasks(collection_name=name)]
    assert client.query(name, output_fields=["count(*)"], consistency_level="Strong")[0]["count(*)"] == ROWS
    rows = client.query(name, filter="id in [7, 10]", output_fields=["*"], consistency_level="Strong")
    for row in rows:
        expected = row_of(row["id"])
        for key in ("flag", "small", "weight", "title", "document", "shelf"):
            assert row[key] == expected[key], (key, row[key], expected[key])
        assert row["vector"] == expected["vector"], row["vector"]
        assert row["half"][0] == expected["half"].tobytes(), row["half"]
        assert row["bits"][0] == expected["bits"], row["bits"]
        assert list(row["numbers"]) == expected["numbers"] and list(row["words"]) == expected["words"], row
        assert row["sparse"] == expected["sparse"], row["sparse"]
    hits = client.search(name, [row_of(42)["vector"]], anns_field="vector", limit=3, consistency_level="Strong")
    assert hits[0][0]["id"] == 42 and hits[0][0]["distance"] == 0, hits
    client.drop_collection(name)


@feature("Parquet of pymilvus' LocalBulkWriter")
def parquet():
    check(BulkFileType.PARQUET)


@feature("JSON of pymilvus' LocalBulkWriter")
def json_rows():
    check(BulkFileType.JSON)


@feature("JSON lines of pymilvus' LocalBulkWriter")
def json_lines():
    check(BulkFileType.JSONL)


@feature("CSV of pymilvus' LocalBulkWriter")
def csv():
    check(BulkFileType.CSV)


@feature("a failed task says why")
def failed():
    name, _ = create()
    state = wait(utility.do_bulk_insert(name, files=["nowhere/1.parquet"]))
    assert state.state == BulkInsertState.ImportFailed and "nowhere/1.parquet" in state.failed_reason, state
    fails_with(lambda: utility.get_bulk_insert_state(1), 2100, "does not exist")
    client.drop_collection(name)


run()

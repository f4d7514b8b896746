"""Field types of Milvus 2.6 through MilvusClient: arrays, sparse vectors, geometries, timestamps, arrays of structs."""

import numpy as np
from conformance import fails_with, feature, run, unique_name, uri
from pymilvus import DataType, MilvusClient
from pymilvus.client.embedding_list import EmbeddingList

CHAPTER = "Field types"
CLIENT = "pymilvus"
client = MilvusClient(uri=uri)

ROWS = 40
DIM = 4


def create(name, add_fields, index_fields, **more):
    """A loaded collection `name` of an id, a vector and what `add_fields` adds."""
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    add_fields(schema)
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type="FLAT", metric_type="L2")
    for index in index_fields:
        indexes.add_index(**index)
    client.create_collection(name, schema=schema, index_params=indexes, consistency_level="Strong", **more)


def rows_of(name, fields, **more):
    found = client.query(name, filter="id >= 0", output_fields=fields, **more)
    return [{field: row[field] for field in ["id", *fields]} for row in found]


def twice(name, check):
    """Checks what comes from growing segments, then from sealed ones."""
    check()
    client.flush(name)
    check()


@feature("Array")
def arrays():
    name = unique_name("arrays")

    def add(schema):
        schema.add_field("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=8, max_length=16)
        schema.add_field("numbers", DataType.ARRAY, element_type=DataType.INT64, max_capacity=8)
        schema.add_field("small", DataType.ARRAY, element_type=DataType.INT8, max_capacity=8)
        schema.add_field("floats", DataType.ARRAY, element_type=DataType.FLOAT, max_capacity=8, nullable=True)

    create(name, add, [])
    data = [
        {
            "id": i,
            "vector": [i, 0],
            "tags": [f"t{j}" for j in range(i % 4)],
            "numbers": [2**60 + j for j in range(i % 3)],
            "small": [-128, 127],
            "floats": None if i % 5 == 0 else [i / 4],
        }
        for i in range(ROWS)
    ]
    client.insert(name, data)
    fields = ["tags", "numbers", "small", "floats"]
    expected = [{field: row[field] for field in ["id", *fields]} for row in data]

    def check():
        found = rows_of(name, fields)
        assert [{**row, "tags": list(row["tags"])} for row in found] == expected, found[:3]
        filtered = client.query(name, filter='array_contains(tags, "t2")', output_fields=["id"])
        assert {row["id"] for row in filtered} == {i for i in range(ROWS) if i % 4 == 3}

    twice(name, check)
    fails_with(lambda: client.insert(name, [{**data[1], "small": [128]}]), 1100, "out of range")
    client.drop_collection(name)


@feature("SparseFloatVector")
def sparse():
    name = unique_name("sparse")
    index = {"field_name": "sparse", "index_type": "SPARSE_INVERTED_INDEX", "metric_type": "IP"}
    create(name, lambda schema: schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR), [index])
    data = [{"id": i, "vector": [i, 0], "sparse": {i + 1: 0.5, 1000: 0.25}} for i in range(ROWS)]
    client.insert(name, data)

    def check():
        assert [row["sparse"] for row in rows_of(name, ["sparse"])] == [row["sparse"] for row in data]
        [hits] = client.search(name, data=[{8: 1.0}], anns_field="sparse", limit=1)
        assert hits[0]["id"] == 7 and hits[0]["distance"] == 0.5, hits

    twice(name, check)
    client.drop_collection(name)


@feature("Geometry")
def geometry():
    name = unique_name("geometry")
    create(name, lambda schema: schema.add_field("shape", DataType.GEOMETRY, nullable=True), [])
    shapes = ["POINT (13.4 52.5)", "LINESTRING (0 0, 1 1)", "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))", None]
    client.insert(name, [{"id": i, "vector": [i, 0], "shape": shape} for i, shape in enumerate(shapes)])
    twice(name, lambda: check_equal([row["shape"] for row in rows_of(name, ["shape"])], shapes))
    fails_with(lambda: client.insert(name, [{"id": 9, "vector": [9, 0], "shape": "POINT (1)"}]), 1100, "POINT (1)")
    client.drop_collection(name)


@feature("Timestamptz")
def timestamptz():
    name = unique_name("moments")

    def add(schema):
        schema.add_field("moment", DataType.TIMESTAMPTZ, nullable=True)
        schema.add_field("preset", DataType.TIMESTAMPTZ, default_value="2025-01-01T00:00:00Z")

    create(name, add, [], properties={"timezone": "Asia/Shanghai"})
    client.insert(name, [
        {"id": 0, "vector": [0, 0], "moment": "2025-05-05T00:00:00Z", "preset": "2025-01-01T00:00:00.5+01:00"},
        {"id": 1, "vector": [1, 0], "moment": "2025-05-05T08:00:00", "preset": None},
        {"id": 2, "vector": [2, 0], "moment": None},
    ])
    local, preset = "2025-05-05T08:00:00+08:00", "2025-01-01T08:00:00+08:00"
    expected = [
        {"id": 0, "moment": local, "preset": "2025-01-01T07:00:00.5+08:00"},
        {"id": 1, "moment": local, "preset": preset},
        {"id": 2, "moment": None, "preset": preset},
    ]
    twice(name, lambda: check_equal(rows_of(name, ["moment", "preset"]), expected))
    there = rows_of(name, ["moment"], timezone="America/New_York")
    assert there[0]["moment"] == "2025-05-04T20:00:00-04:00", there
    fails_with(lambda: rows_of(name, ["moment"], timezone="Mars/Olympus"), 1100, "timezone")
    parts = rows_of(name, ["moment"], timezone="America/New_York", time_fields="year,day,hour")
    assert parts[0]["moment"] == [2025, 4, 20] and parts[2]["moment"] is None, parts
    client.drop_collection(name)


@feature("Array of structs")
def structs():
    name = unique_name("structs")

    def add(schema):
        struct = client.create_struct_field_schema()
        struct.add_field("label", DataType.VARCHAR, max_length=32)
        struct.add_field("embedding", DataType.FLOAT_VECTOR, dim=DIM)
        schema.add_field("items", DataType.ARRAY, element_type=DataType.STRUCT, struct_schema=struct, max_capacity=8)

    index = {"field_name": "items[embedding]", "index_type": "HNSW", "metric_type": "MAX_SIM_COSINE"}
    create(name, add, [index])
    random = np.random.default_rng(7)
    vectors = [random.standard_normal((1 + i % 3, DIM)).astype(np.float32) for i in range(ROWS)]
    data = [
        {
            "id": i,
            "vector": [i, 0],
            "items": [{"label": f"{i}/{j}", "embedding": vector.tolist()} for j, vector in enumerate(vectors[i])],
        }
        for i in range(ROWS)
    ]
    client.insert(name, data)
    described = client.describe_collection(name)
    assert [field["name"] for field in described["fields"]] == ["id", "vector", "items"], described
    query = random.standard_normal((2, DIM)).astype(np.float32)

    def similarity(rows):
        cosines = (query @ rows.T) / np.outer(np.linalg.norm(query, axis=1), np.linalg.norm(rows, axis=1))
        return float(cosines.max(axis=1).sum())

    scores = sorted(((similarity(rows), i) for i, rows in enumerate(vectors)), reverse=True)

    def check():
        found = rows_of(name, ["items"])
        assert [[item["label"] for item in row["items"]] for row in found] == [
            [item["label"] for item in row["items"]] for row in data
        ]
        for row, wanted in zip(found, vectors):
            assert np.allclose([item["embedding"] for item in row["items"]], wanted)
        [hits] = client.search(name, data=[EmbeddingList(list(query))], anns_field="items[embedding]", limit=5)
        assert [hit["id"] for hit in hits] == [i for _, i in scores[:5]], (hits, scores[:5])
        assert np.allclose([hit["distance"] for hit in hits], [score for score, _ in scores[:5]], atol=1e-4)

    twice(name, check)
    client.drop_collection(name)


def check_equal(found, expected):
    assert found == expected, (found, expected)


run()

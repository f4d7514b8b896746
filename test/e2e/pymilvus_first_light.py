"""First light through pymilvus' MilvusClient: argument 1 is the URI of a running Braid. Prints "ok" at the end, or fails."""

import random
import sys

from pymilvus import DataType, MilvusClient, MilvusException

uri = sys.argv[1]
client = MilvusClient(uri=uri)
name = "pymilvus_first_light"
dim = 32
random.seed(7)

if client.has_collection(name):
    client.drop_collection(name)

schema = client.create_schema(auto_id=False, enable_dynamic_field=True)
schema.add_field("id", DataType.INT64, is_primary=True)
schema.add_field("title", DataType.VARCHAR, max_length=100)
schema.add_field("rating", DataType.FLOAT, nullable=True)
schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
indexes = client.prepare_index_params()
indexes.add_index("vector", index_type="HNSW", metric_type="L2", params={"M": 16, "efConstruction": 200})
client.create_collection(name, schema=schema, index_params=indexes, consistency_level="Strong")
assert name in client.list_collections()
assert "LoadState.Loaded" in str(client.get_load_state(name)) or "Loaded" in str(client.get_load_state(name))

rows = [
    {
        "id": i,
        "title": f"title {i}",
        "rating": None if i % 10 == 0 else i / 10,
        "vector": [random.random() for _ in range(dim)],
        "color": ["red", "green", "blue"][i % 3],
    }
    for i in range(1000)
]
assert client.insert(name, rows)["insert_count"] == 1000


def exact(query, keep):
    scored = sorted((sum((a - b) ** 2 for a, b in zip(query, row["vector"])), row["id"]) for row in rows if keep(row))
    return [i for _, i in scored[:5]]


def check(text, keep):
    query = rows[17]["vector"]
    hits = client.search(name, [query], limit=5, filter=text, output_fields=["title", "color"])[0]
    found = [hit["id"] for hit in hits]
    assert len(set(found) & set(exact(query, keep))) >= 4, (text, found, exact(query, keep))
    assert all(hit["entity"]["title"] == f"title {hit['id']}" for hit in hits)


for state in ("growing", "sealed"):
    check("", lambda row: True)
    check('color == "red"', lambda row: row["color"] == "red")
    check("rating > 50", lambda row: row["rating"] is not None and row["rating"] > 50)
    got = client.get(name, ids=[3, 10], output_fields=["*"])
    assert [row["id"] for row in got] == [3, 10] and got[1]["rating"] is None and got[0]["color"] == "red"
    assert client.query(name, filter="", output_fields=["count(*)"])[0]["count(*)"] == 1000
    client.flush(name)

assert client.delete(name, filter="id in [17, 18]")["delete_count"] == 2
assert client.query(name, filter="id in [17, 18, 19]", output_fields=["id"]) == [{"id": 19}]
assert client.upsert(name, [rows[19] | {"title": "new"}])["upsert_count"] == 1
assert client.get(name, ids=[19])[0]["title"] == "new"
assert client.describe_index(name, "vector")["index_type"] == "HNSW"

for call, code in (
    (lambda: client.search(name, [[0.0] * 3], limit=5), 1100),
    (lambda: client.search(name, [rows[0]["vector"]], limit=16_385), 1100),
    (lambda: client.query(name, filter="no_such_function(1)"), 1100),
    (lambda: client.describe_collection("nobody"), 100),
):
    try:
        call()
    except MilvusException as error:
        assert error.code == code, (error.code, code, error.message)
    else:
        raise AssertionError(f"expected code {code}")

client.release_collection(name)
try:
    client.search(name, [rows[0]["vector"]], limit=5)
except MilvusException as error:
    assert error.code == 101, error.code
else:
    raise AssertionError("search of a released collection")
client.drop_collection(name)
assert not client.has_collection(name)
print("ok")

"""Collections, partitions, aliases, indexes, loading through MilvusClient."""

from conformance import fails_with, feature, run, unique_name, uri
from pymilvus import DataType, MilvusClient
from rows import DIM, films, vector

CHAPTER = "Collections"
CLIENT = "pymilvus"
client = MilvusClient(uri=uri)


def film_schema(**more):
    schema = client.create_schema(auto_id=False, **more)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("title", DataType.VARCHAR, max_length=64)
    return schema


def film_rows(count):
    return [{key: row[key] for key in ("id", "vector", "title")} for row in films(count)]


def flat():
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type="FLAT", metric_type="L2")
    return indexes


@feature("quick create")
def quick_create():
    name = unique_name("quick")
    client.create_collection(name, dimension=DIM)
    described = client.describe_collection(name)
    assert [field["name"] for field in described["fields"]] == ["id", "vector"], described
    assert described["enable_dynamic_field"] is True
    assert client.describe_index(name, "vector")["metric_type"] == "COSINE"
    assert "Loaded" in str(client.get_load_state(name)["state"])
    client.insert(name, [{"id": i, "vector": vector(i), "color": "red"} for i in range(5)])
    client.drop_collection(name)
    assert not client.has_collection(name)


@feature("create, describe, drop")
def described():
    name = unique_name("described")
    client.create_collection(name, schema=film_schema(description="films"), consistency_level="Session", num_shards=2)
    described = client.describe_collection(name)
    assert described["description"] == "films" and described["num_shards"] == 2, described
    assert described["consistency_level"] == 1 and described["auto_id"] is False, described
    title = described["fields"][2]
    assert title["name"] == "title" and title["type"] == DataType.VARCHAR and title["params"] == {"max_length": 64}
    assert name in client.list_collections()
    client.drop_collection(name)
    client.drop_collection(name)
    fails_with(lambda: client.describe_collection(name), 100, "can't find collection")


@feature("rename")
def rename():
    old, new = unique_name("old"), unique_name("new")
    client.create_collection(old, schema=film_schema(), index_params=flat())
    client.rename_collection(old, new)
    assert client.has_collection(new) and not client.has_collection(old)
    client.drop_collection(new)


@feature("properties")
def properties():
    name = unique_name("properties")
    client.create_collection(name, schema=film_schema(), properties={"collection.ttl.seconds": 3600})
    assert client.describe_collection(name)["properties"]["collection.ttl.seconds"] == "3600"
    client.alter_collection_properties(name, {"mmap.enabled": True})
    assert client.describe_collection(name)["properties"]["mmap.enabled"] in ("True", "true")
    client.drop_collection_properties(name, ["collection.ttl.seconds"])
    assert "collection.ttl.seconds" not in client.describe_collection(name)["properties"]
    client.alter_collection_field(name, "title", {"max_length": 5})
    assert client.describe_collection(name)["fields"][2]["params"]["max_length"] == 5
    client.drop_collection(name)


@feature("add a field")
def add_field():
    name = unique_name("grown")
    client.create_collection(name, schema=film_schema(), index_params=flat(), consistency_level="Strong")
    client.insert(name, film_rows(3))
    client.add_collection_field(name, "stars", DataType.INT64, nullable=True, default_value=3)
    client.insert(name, [film_rows(4)[3] | {"stars": 5}])
    found = client.query(name, filter="id >= 2", output_fields=["id", "stars"])
    assert found == [{"id": 2, "stars": 3}, {"id": 3, "stars": 5}], found
    client.drop_collection(name)


@feature("truncate")
def truncate():
    name = unique_name("emptied")
    client.create_collection(name, schema=film_schema(), index_params=flat(), consistency_level="Strong")
    client.insert(name, film_rows(10))
    client.truncate_collection(name)
    assert client.query(name, output_fields=["count(*)"])[0]["count(*)"] == 0
    assert "Loaded" in str(client.get_load_state(name)["state"])
    client.drop_collection(name)


@feature("statistics")
def statistics():
    name = unique_name("counted")
    client.create_collection(name, schema=film_schema(), index_params=flat())
    assert client.get_collection_stats(name)["row_count"] == 0
    client.insert(name, film_rows(10))
    client.flush(name)
    assert client.get_collection_stats(name)["row_count"] == 10
    assert client.get_partition_stats(name, "_default")["row_count"] == 10
    client.drop_collection(name)


@feature("create, list, has, drop", chapter="Partitions")
def partitions():
    name = unique_name("parts")
    client.create_collection(name, schema=film_schema(), index_params=flat(), consistency_level="Strong")
    client.create_partition(name, "even")
    assert client.list_partitions(name) == ["_default", "even"]
    assert client.has_partition(name, "even") and not client.has_partition(name, "odd")
    rows = film_rows(10)
    client.insert(name, rows[0::2], partition_name="even")
    client.insert(name, rows[1::2])
    found = client.query(name, filter="id >= 0", partition_names=["even"], output_fields=["id"])
    assert [row["id"] for row in found] == [0, 2, 4, 6, 8], found
    client.release_partitions(name, ["even"])
    assert "NotLoad" in str(client.get_load_state(name, "even")["state"])
    client.load_partitions(name, ["even"])
    assert "Loaded" in str(client.get_load_state(name, "even")["state"])
    client.release_partitions(name, ["even"])
    client.drop_partition(name, "even")
    assert client.list_partitions(name) == ["_default"]
    client.drop_collection(name)


@feature("create, describe, list, alter, drop", chapter="Aliases")
def aliases():
    first, second, alias = unique_name("first"), unique_name("second"), unique_name("alias")
    for name in (first, second):
        client.create_collection(name, schema=film_schema(), index_params=flat(), consistency_level="Strong")
    client.create_alias(first, alias)
    assert client.describe_alias(alias)["collection_name"] == first
    assert client.list_aliases(first)["aliases"] == [alias]
    client.insert(alias, film_rows(2))
    client.alter_alias(second, alias)
    assert client.query(alias, output_fields=["count(*)"])[0]["count(*)"] == 0
    fails_with(lambda: client.create_alias(first, second), 1601)
    client.drop_alias(alias)
    fails_with(lambda: client.describe_alias(alias), 1600)
    client.drop_collection(first)
    client.drop_collection(second)


@feature("create, describe, drop", chapter="Indexes")
def indexes():
    name = unique_name("indexed")
    client.create_collection(name, schema=film_schema())
    assert client.list_indexes(name) == []
    params = client.prepare_index_params()
    params.add_index(
        "vector", index_type="HNSW", index_name="v", metric_type="IP", params={"M": 8, "efConstruction": 64}
    )
    params.add_index("title", index_type="INVERTED", index_name="t")
    client.create_index(name, params)
    assert sorted(client.list_indexes(name)) == ["t", "v"]
    described = client.describe_index(name, "v")
    assert described["index_type"] == "HNSW" and described["metric_type"] == "IP" and described["M"] == "8", described
    assert described["state"] == "Finished" and described["field_name"] == "vector", described
    client.alter_index_properties(name, "v", {"mmap.enabled": True})
    assert client.describe_index(name, "v")["mmap.enabled"] in ("True", "true")
    client.drop_index_properties(name, "v", ["mmap.enabled"])
    assert "mmap.enabled" not in client.describe_index(name, "v")
    client.drop_index(name, "v")
    assert client.list_indexes(name) == ["t"]
    client.drop_collection(name)


@feature("load, states, release", chapter="Load and release")
def load():
    name = unique_name("loaded")
    client.create_collection(name, schema=film_schema(), index_params=flat())
    client.release_collection(name)
    assert "NotLoad" in str(client.get_load_state(name)["state"])
    fails_with(lambda: client.search(name, [vector(1)]), 101, "not loaded")
    client.load_collection(name)
    client.refresh_load(name)
    assert "Loaded" in str(client.get_load_state(name)["state"])
    client.drop_collection(name)


@feature("compaction with plans and states", chapter="Flush, compaction, load, segments")
def maintenance():
    name = unique_name("sealed")
    client.create_collection(name, schema=film_schema(), index_params=flat(), consistency_level="Strong")
    client.insert(name, film_rows(10))
    client.flush(name)
    job = client.compact(name)
    assert str(client.get_compaction_state(job)) in ("Completed", "Executing")
    assert sum(segment.num_rows for segment in client.list_persistent_segments(name)) == 10
    client.list_loaded_segments(name)
    assert client.query(name, output_fields=["count(*)"])[0]["count(*)"] == 10
    client.drop_collection(name)


@feature("handshake", chapter="Connection")
def server():
    assert client.get_server_version().startswith("v2.")


run()

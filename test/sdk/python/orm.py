"""The ORM of pymilvus: connections, Collection, Partition, utility."""

from conformance import feature, run, unique_name, uri
from pymilvus import (
    AnnSearchRequest,
    Collection,
    CollectionSchema,
    DataType,
    FieldSchema,
    Partition,
    RRFRanker,
    connections,
    db,
    utility,
)
from rows import DIM, exact, films, vector

CHAPTER = "Object mapping of pymilvus"
CLIENT = "ORM"
connections.connect(uri=uri)
rows = films(200)


def film_collection():
    fields = [
        FieldSchema("id", DataType.INT64, is_primary=True),
        FieldSchema("vector", DataType.FLOAT_VECTOR, dim=DIM),
        FieldSchema("title", DataType.VARCHAR, max_length=64),
    ]
    collection = Collection(unique_name("orm"), CollectionSchema(fields, "films"), consistency_level="Strong")
    collection.create_index("vector", {"index_type": "FLAT", "metric_type": "L2", "params": {}})
    collection.load()
    collection.insert([[row[key] for row in rows] for key in ("id", "vector", "title")])
    return collection


@feature("Collection: schema, insert, flush, count")
def collection():
    films = film_collection()
    assert films.schema.description == "films" and [field.name for field in films.schema.fields] == ["id", "vector", "title"]
    assert films.primary_field.name == "id"
    films.flush()
    assert films.num_entities == 200
    assert films.indexes[0].params["index_type"] == "FLAT"
    again = Collection(films.name)
    assert again.describe()["collection_name"] == films.name
    films.drop()
    assert not utility.has_collection(films.name)


@feature("search and query")
def reads():
    films = film_collection()
    query = vector(5_000)
    hits = films.search([query], "vector", {"metric_type": "L2"}, limit=10, output_fields=["title"])[0]
    assert list(hits.ids) == [i for _, i in exact(rows, query, "L2")[:10]]
    assert all(abs(a - b) < 1e-4 for a, (b, _) in zip(hits.distances, exact(rows, query, "L2")))
    assert hits[0].entity.get("title") == f"film {hits[0].id}"
    found = films.query("id in [3, 5]", output_fields=["title"])
    assert found == [{"id": 3, "title": "film 3"}, {"id": 5, "title": "film 5"}], found
    request = AnnSearchRequest([query], "vector", {"metric_type": "L2"}, limit=5)
    merged = films.hybrid_search([request], RRFRanker(), limit=5)[0]
    assert list(merged.ids) == [i for _, i in exact(rows, query, "L2")[:5]]
    films.drop()


@feature("upsert and delete")
def mutations():
    films = film_collection()
    answer = films.upsert([{"id": 3, "vector": vector(3), "title": "again"}])
    assert answer.upsert_count == 1
    assert films.delete("id in [5, 6]").delete_count == 2
    found = films.query("id in [3, 5, 6, 7]", output_fields=["title"])
    assert found == [{"id": 3, "title": "again"}, {"id": 7, "title": "film 7"}], found
    films.drop()


@feature("query iterator")
def iterator():
    films = film_collection()
    pages = films.query_iterator(batch_size=30, expr="id >= 50", output_fields=["id"])
    found = []
    while page := pages.next():
        found.extend(row["id"] for row in page)
    pages.close()
    assert found == list(range(50, 200))
    films.drop()


@feature("Partition")
def partition():
    films = film_collection()
    part = films.create_partition("part")
    assert films.has_partition("part") and [p.name for p in films.partitions] == ["_default", "part"]
    part.insert([{"id": 1000, "vector": vector(1000), "title": "late"}])
    assert [row["id"] for row in part.query("id >= 0", output_fields=["id"])] == [1000]
    part.flush()
    assert Partition(films, "part").num_entities == 1
    part.release()
    part.drop()
    assert not films.has_partition("part")
    films.drop()


@feature("utility")
def utilities():
    films = film_collection()
    alias = unique_name("alias")
    utility.create_alias(films.name, alias)
    assert utility.list_aliases(films.name) == [alias]
    utility.drop_alias(alias)
    assert films.name in utility.list_collections()
    assert str(utility.load_state(films.name)) == "Loaded"
    assert utility.loading_progress(films.name)["loading_progress"] == "100%"
    assert utility.index_building_progress(films.name)["total_rows"] >= 0
    utility.wait_for_loading_complete(films.name)
    utility.wait_for_index_building_complete(films.name)
    assert utility.get_server_version().startswith("v2.")
    new_name = unique_name("renamed")
    utility.rename_collection(films.name, new_name)
    assert utility.has_collection(new_name)
    utility.drop_collection(new_name)


@feature("databases")
def databases():
    name = unique_name("orm_database")
    db.create_database(name)
    assert name in db.list_database()
    db.using_database(name)
    assert utility.list_collections() == []
    db.using_database("default")
    db.drop_database(name)


run()

"""Iterators through MilvusClient and the ORM: second kind, first kind, queries."""

from conformance import feature, run, unique_name, uri
from pymilvus import Collection, DataType, MilvusClient, connections
from pymilvus.orm.iterator import SearchIterator

CHAPTER = "Iterators"
CLIENT = "pymilvus"
ROWS = 700
client = MilvusClient(uri=uri)
connections.connect(uri=uri)
name = unique_name("iterated")
# Three rows at each distance from the origin.
rows = [{"id": i, "age": i % 50, "vector": [float(i // 3), 0.0]} for i in range(ROWS)]


def create():
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("age", DataType.INT32)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    index = client.prepare_index_params()
    index.add_index("vector", index_type="HNSW", metric_type="L2")
    client.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    client.insert(name, rows[:400])
    client.flush(name)
    client.insert(name, rows[400:])


create()


def ids_of(iterator, key=lambda hit: hit["id"]):
    ids = []
    while True:
        page = iterator.next()
        if not page:
            iterator.close()
            return ids
        ids.extend(key(hit) for hit in page)


@feature("search iterator")
def search_iterator():
    for batch_size in (50, 2):
        limit = -1 if batch_size == 50 else 20
        iterator = client.search_iterator(name, data=[[0.0, 0.0]], batch_size=batch_size, limit=limit, anns_field="vector")
        assert ids_of(iterator) == list(range(ROWS if limit == -1 else limit))
    iterator = client.search_iterator(name, data=[[0.0, 0.0]], batch_size=30, filter="age < 10", output_fields=["age"])
    assert ids_of(iterator) == [i for i in range(ROWS) if i % 50 < 10]


@feature("search iterator of the first kind")
def first_kind():
    collection = Collection(name)
    iterator = SearchIterator(
        connection=connections._fetch_handler("default"),
        collection_name=name,
        data=[[0.0, 0.0]],
        ann_field="vector",
        param={"metric_type": "L2", "params": {}},
        batch_size=60,
        schema=collection.schema.to_dict(),
    )
    assert sorted(ids_of(iterator, lambda hit: hit.id)) == list(range(ROWS))


@feature("query iterator")
def query_iterator():
    iterator = client.query_iterator(name, batch_size=64, filter="age < 25", output_fields=["age"])
    assert ids_of(iterator) == [i for i in range(ROWS) if i % 50 < 25]
    iterator = client.query_iterator(name, batch_size=64, limit=100)
    assert ids_of(iterator) == list(range(100))
    iterator = Collection(name).query_iterator(batch_size=20, expr="id >= 650")
    assert ids_of(iterator) == list(range(650, ROWS))


run()
client.drop_collection(name)

"""Writing and reading rows through MilvusClient."""

from conformance import fails_with, feature, run, unique_name, uri
from pymilvus import AnnSearchRequest, DataType, MilvusClient, RRFRanker, WeightedRanker
from rows import DIM, assert_hits, exact, films, score, vector

CHAPTER = "Rows and searches"
CLIENT = "pymilvus"
client = MilvusClient(uri=uri)
rows = films(500)


def create(metric="L2", **more):
    schema = client.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=DIM)
    schema.add_field("title", DataType.VARCHAR, max_length=64)
    schema.add_field("year", DataType.INT32)
    schema.add_field("rating", DataType.DOUBLE, nullable=True)
    schema.add_field("tags", DataType.ARRAY, element_type=DataType.VARCHAR, max_capacity=8, max_length=16)
    schema.add_field("doc", DataType.JSON)
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type="FLAT", metric_type=metric)
    name = unique_name("films")
    client.create_collection(name, schema=schema, index_params=indexes, consistency_level="Strong", **more)
    client.insert(name, rows[:300])
    client.flush(name)
    client.insert(name, rows[300:])
    return name


shared = create()


def count(name, text=""):
    return client.query(name, filter=text, output_fields=["count(*)"])[0]["count(*)"]


@feature("get by keys", chapter="Query")
def round_trip():
    found = client.get(shared, ids=[7, 310], output_fields=["*"])
    for row, sent in zip(found, (rows[7], rows[310])):
        close = all(abs(a - b) < 1e-6 for a, b in zip(row.pop("vector"), sent["vector"]))
        assert close and row == {key: sent[key] for key in sent if key != "vector"}, (row, sent)


@feature("insert, upsert, delete", chapter="Insert, upsert, delete")
def mutations():
    name = create()
    answer = client.insert(name, films(503)[500:])
    assert answer["insert_count"] == 3 and list(answer["ids"]) == [500, 501, 502], answer
    answer = client.upsert(name, [rows[5] | {"title": "again"}])
    assert answer["upsert_count"] == 1, answer
    assert client.get(name, ids=[5])[0]["title"] == "again"
    assert client.delete(name, ids=[1, 2])["delete_count"] == 2
    client.delete(name, filter="year == 1955")
    assert count(name) == 503 - 2 - sum(1 for row in films(503) if row["year"] == 1955)
    client.delete(name, filter="id in {ids}", filter_params={"ids": [3, 4]})
    assert client.get(name, ids=[3, 4]) == []
    client.drop_collection(name)


@feature("rows by filter, in the order of their keys", chapter="Query")
def filters():
    for text, keep in (
        ("year >= 2000", lambda row: row["year"] >= 2000),
        ('title like "film 1%" and rating > 2.5', lambda row: row["title"].startswith("film 1") and (row["rating"] or 0) > 2.5),
        ("rating is null", lambda row: row["rating"] is None),
        ('doc["stars"] == 5 or color == "blue"', lambda row: row["doc"]["stars"] == 5 or row["color"] == "blue"),
        ('doc["cast"]["lead"] in ["actor 1", "actor 2"]', lambda row: row["id"] % 4 in (1, 2)),
        ('array_contains(tags, "t4")', lambda row: "t4" in row["tags"]),
        ("not (id > 10) and id % 2 == 1", lambda row: row["id"] <= 10 and row["id"] % 2 == 1),
    ):
        found = client.query(shared, filter=text, output_fields=["id"], limit=1000)
        wanted = [row["id"] for row in rows if keep(row)]
        assert [row["id"] for row in found] == wanted, (text, found, wanted)
        assert count(shared, text) == len(wanted), text


@feature("limit and offset", chapter="Query")
def paging():
    found = client.query(shared, filter="year < 1960", output_fields=["id"], limit=7, offset=5)
    assert [row["id"] for row in found] == [row["id"] for row in rows if row["year"] < 1960][5:12]
    fails_with(lambda: client.query(shared, filter="id >= 0", limit=16_385), 1100, "[1, 16384]")


@feature("several query vectors", chapter="Search")
def search():
    for metric in ("L2", "IP", "COSINE"):
        name = shared if metric == "L2" else create(metric)
        queries = [vector(10_000 + i) for i in range(3)]
        answers = client.search(name, queries, limit=10, output_fields=["title"])
        for query, hits in zip(queries, answers):
            assert_hits(hits, rows, query, metric, 10)
            assert all(hit["entity"]["title"] == f"film {hit['id']}" for hit in hits)
        if name != shared:
            client.drop_collection(name)


@feature("filter, offset, range search", chapter="Search")
def search_more():
    query = vector(20_000)
    red = [row for row in rows if row["color"] == "red"]
    assert_hits(client.search(shared, [query], limit=10, filter='color == "red"')[0], red, query, "L2", 10)
    paged = client.search(shared, [query], limit=10, offset=20)[0]
    assert [hit["id"] for hit in paged] == [i for _, i in exact(rows, query, "L2")[20:30]]
    ranged = client.search(shared, [query], limit=500, search_params={"params": {"radius": 3.0, "range_filter": 1.0}})[0]
    wanted = [i for distance, i in exact(rows, query, "L2") if 1.0 <= distance < 3.0]
    assert len(wanted) > 5 and [hit["id"] for hit in ranged] == wanted, (ranged, wanted)
    templated = client.search(shared, [query], limit=5, filter="year > {year}", filter_params={"year": 2010})[0]
    assert_hits(templated, [row for row in rows if row["year"] > 2010], query, "L2", 5)


@feature("order_by_fields", chapter="Search")
def search_in_order():
    query, order = vector(25_000), [{"field": "year", "order": "desc"}]
    near = [i for _, i in exact(rows, query, "L2")[:20]]
    hits = client.search(shared, [query], limit=20, order_by_fields=order)[0]
    assert [hit["id"] for hit in hits] == sorted(near, key=lambda i: -rows[i]["year"]), hits


@feature("aggregates", chapter="Query")
def aggregates():
    names = ["count(*)", "sum(year)", "min(rating)", "avg(rating)", "max(title)"]
    [found] = client.query(shared, filter='color == "red"', output_fields=names)
    red = [row for row in rows if row["color"] == "red"]
    ratings = [row["rating"] for row in red if row["rating"] is not None]
    assert found["count(*)"] == len(red) and found["sum(year)"] == sum(row["year"] for row in red), found
    assert found["min(rating)"] == min(ratings) and found["max(title)"] == max(row["title"] for row in red), found
    assert abs(found["avg(rating)"] - sum(ratings) / len(ratings)) < 1e-9, found


@feature("reciprocal rank fusion", chapter="Hybrid search")
def hybrid():
    first, second = vector(30_000), vector(30_001)
    requests = [
        AnnSearchRequest(data=[query], anns_field="vector", param={"metric_type": "L2"}, limit=20)
        for query in (first, second)
    ]
    places = [{i: place for place, (_, i) in enumerate(exact(rows, query, "L2")[:20])} for query in (first, second)]
    wanted = {}
    for found in places:
        for i, place in found.items():
            wanted[i] = wanted.get(i, 0) + 1 / (60 + place + 1)
    hits = client.hybrid_search(shared, requests, RRFRanker(60), limit=10, output_fields=["title"])[0]
    best = sorted(wanted, key=lambda i: (-wanted[i], i))[:10]
    assert [hit["id"] for hit in hits] == best, (hits, best)
    assert all(abs(hit["distance"] - wanted[hit["id"]]) < 1e-6 for hit in hits)
    client.hybrid_search(shared, requests, WeightedRanker(0.3, 0.7), limit=10)


@feature("query iterator", chapter="Iterators")
def query_iterator():
    iterator = client.query_iterator(shared, batch_size=70, filter="id % 3 == 0", output_fields=["id"])
    found = []
    while page := iterator.next():
        found.extend(row["id"] for row in page)
    iterator.close()
    assert found == [row["id"] for row in rows if row["id"] % 3 == 0]


@feature("codes and words", chapter="Errors and limits")
def errors():
    fails_with(lambda: client.search(shared, [[0.0] * 3], limit=5), 1100, "dimension")
    fails_with(lambda: client.search(shared, [vector(1)], limit=16_385), 1100, "topk [16385] is invalid")
    fails_with(lambda: client.query(shared, filter="no_such_function(1)"), 1100, "failed to create query plan")
    fails_with(lambda: client.search("nobody", [vector(1)]), 100, "can't find collection")
    fails_with(lambda: client.query(shared, filter="id > 0", partition_names=["nobody"]), 200)


run()

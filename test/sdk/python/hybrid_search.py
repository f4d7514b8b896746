"""Hybrid search, rankers and grouping through MilvusClient."""

import math

from conformance import fails_with, feature, run, unique_name, uri
from pymilvus import AnnSearchRequest, DataType, Function, FunctionType, MilvusClient, RRFRanker, WeightedRanker

CHAPTER = "Hybrid search"
CLIENT = "pymilvus"
ROWS = 100
client = MilvusClient(uri=uri)
name = unique_name("hybrid")
rows = [
    {"id": i, "age": i, "color": f"color{i % 4}", "near": [float(i), 0.0], "far": [float(ROWS - i), 0.0]}
    for i in range(ROWS)
]


def create():
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("age", DataType.INT64)
    schema.add_field("color", DataType.VARCHAR, max_length=16)
    schema.add_field("near", DataType.FLOAT_VECTOR, dim=2)
    schema.add_field("far", DataType.FLOAT_VECTOR, dim=2)
    index = client.prepare_index_params()
    index.add_index("near", index_type="FLAT", metric_type="L2")
    index.add_index("far", index_type="FLAT", metric_type="L2")
    client.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    client.insert(name, rows[:60])
    client.flush(name)
    client.insert(name, rows[60:])


create()


def requests(limit=10):
    return [
        AnnSearchRequest([[20.1, 0.0]], "near", {"metric_type": "L2"}, limit),
        AnnSearchRequest([[77.9, 0.0]], "far", {"metric_type": "L2"}, limit),
    ]


def near(x, limit):
    return sorted(range(ROWS), key=lambda i: (abs(i - x), i))[:limit]


@feature("reciprocal rank fusion")
def rrf():
    lists = [near(20.1, 10), near(22.1, 10)]
    scores = {}
    for ids in lists:
        for place, i in enumerate(ids):
            scores[i] = scores.get(i, 0) + 1 / (7 + place + 1)
    expected = sorted(scores, key=lambda i: (-round(scores[i], 7), i))[:8]
    hits = client.hybrid_search(name, requests(), RRFRanker(7), limit=8, output_fields=["color"])[0]
    assert [hit["id"] for hit in hits] == expected, hits
    assert all(hit["entity"]["color"] == rows[hit["id"]]["color"] for hit in hits)


@feature("weighted scores")
def weighted():
    hits = client.hybrid_search(name, requests(), WeightedRanker(0.9, 0.1), limit=1)[0]
    nearness = lambda distance: 1 - 2 * math.atan(distance) / math.pi
    # Row 20: at 0.1 of the first query, at 2.1 of the second.
    assert hits[0]["id"] == 20, hits
    assert abs(hits[0]["distance"] - (0.9 * nearness(0.01) + 0.1 * nearness(4.41))) < 1e-3, hits
    fails_with(lambda: client.hybrid_search(name, requests(), WeightedRanker(0.9), limit=1), 1100, "mismatch")


@feature("decay and boost rankers")
def rankers():
    params = {"reranker": "decay", "function": "exp", "origin": 30, "scale": 2, "decay": 0.1}
    decay = Function(name="d", input_field_names=["age"], function_type=FunctionType.RERANK, params=params)
    hits = client.search(name, [[20.1, 0.0]], anns_field="near", limit=5, ranker=decay)[0]
    # Worth 0.1 ** ((30 - age) / 2) times nearness: row 21 has the most of both.
    assert hits[0]["id"] == 21, hits
    hits = client.hybrid_search(name, requests(), decay, limit=3)[0]
    assert hits[0]["id"] == 27, hits
    params = {"reranker": "boost", "filter": "color == 'color3'", "weight": 0.001}
    boost = Function(name="b", input_field_names=[], function_type=FunctionType.RERANK, params=params)
    hits = client.search(name, [[20.1, 0.0]], anns_field="near", limit=8, ranker=boost)[0]
    # Of the eight nearest rows, 17 to 24, two are of the color.
    assert [hit["id"] for hit in hits][:3] == [19, 23, 20], hits


@feature("grouping")
def grouping():
    hits = client.search(name, [[20.1, 0.0]], anns_field="near", limit=3, group_by_field="color", group_size=2)[0]
    expected = [i for first in (20, 21, 19) for i in [j for j in near(20.1, ROWS) if j % 4 == first % 4][:2]]
    assert [hit["id"] for hit in hits] == expected, (hits, expected)
    hits = client.hybrid_search(
        name, requests(ROWS), RRFRanker(), limit=2, group_by_field="color", group_size=2, output_fields=["color"]
    )[0]
    colors = [hit["entity"]["color"] for hit in hits]
    assert len(colors) == 4 and colors[0] == colors[1] and colors[2] == colors[3] and colors[0] != colors[2], colors


run()
client.drop_collection(name)

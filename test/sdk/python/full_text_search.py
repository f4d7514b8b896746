"""Full-text search through MilvusClient: BM25, filters by words, analyzers, highlights."""

import math
import re

from conformance import fails_with, feature, run, unique_name, uri
from pymilvus import DataType, Function, FunctionType, LexicalHighlighter, MilvusClient

CHAPTER = "Full-text search"
CLIENT = "pymilvus"
K1, B = 1.2, 0.75
client = MilvusClient(uri=uri)
name = unique_name("texts")
TEXTS = [
    "the cat sat on the mat",
    "a cat and another cat and a dog",
    "dogs bark at night",
    "machine learning for vector search",
    "learning machines, one machine at a time",
    "a quiet night",
]


def create():
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=200, enable_analyzer=True, enable_match=True)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, ["text"], ["sparse"]))
    index = client.prepare_index_params()
    index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    client.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")
    rows = [{"id": i, "text": text} for i, text in enumerate(TEXTS)]
    client.insert(name, rows[:3])
    client.flush(name)
    client.insert(name, rows[3:])


create()


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def scores(query):
    rows = [words(text) for text in TEXTS]
    average = sum(len(row) for row in rows) / len(rows)
    found = {}
    for word in words(query):
        holders = sum(word in row for row in rows)
        weight = math.log(1 + (len(rows) - holders + 0.5) / (holders + 0.5))
        for i, row in enumerate(rows):
            count = row.count(word)
            if count:
                norm = K1 * (1 - B + B * len(row) / average)
                found[i] = found.get(i, 0) + weight * count * (K1 + 1) / (count + norm)
    return found


@feature("BM25")
def bm25():
    for query in ["cat", "machine learning", "a night"]:
        hits = client.search(name, [query], anns_field="sparse", limit=10, output_fields=["text"])[0]
        expected = scores(query)
        assert {hit["id"] for hit in hits} == set(expected), hits
        assert all(abs(hit["distance"] - expected[hit["id"]]) < 1e-4 for hit in hits), (hits, expected)
        assert all(hit["entity"]["text"] == TEXTS[hit["id"]] for hit in hits), hits


@feature("BM25")
def described():
    description = client.describe_collection(name)
    assert description["functions"][0]["name"] == "bm25", description
    assert [field["name"] for field in description["fields"]] == ["id", "text", "sparse"], description
    fails_with(lambda: client.query(name, "id == 1", output_fields=["sparse"]), 1100, "not allowed to retrieve raw data")


@feature("text_match and phrase_match")
def filters():
    def ids(filter):
        return sorted(row["id"] for row in client.query(name, filter, output_fields=["id"]))

    assert ids("text_match(text, 'cat dog')") == [0, 1]
    assert ids("text_match(text, 'cat dog', minimum_should_match=2)") == [1]
    assert ids("phrase_match(text, 'machine learning')") == [3]
    assert ids("phrase_match(text, 'learning machine', 2)") == [3, 4]


@feature("RunAnalyzer")
def analyzers():
    assert client.run_analyzer("Running dogs", {"type": "english"}).tokens == ["run", "dog"]
    assert client.run_analyzer(["a B"], collection_name=name, field_name="text")[0].tokens == ["a", "b"]
    token = client.run_analyzer("one two", {}, with_detail=True).tokens[1]
    assert (token["token"], token["start_offset"], token["position"]) == ("two", 4, 1), token


@feature("Highlighter")
def highlights():
    highlighter = LexicalHighlighter(pre_tags=["["], post_tags=["]"], highlight_search_text=True)
    hit = client.search(name, ["cat"], anns_field="sparse", limit=1, highlighter=highlighter)[0][0]
    assert hit["highlight"]["text"]["fragments"] == ["[cat] and another [cat] and a dog"], hit


@feature("Functions of a living collection")
def living_function():
    late = unique_name("late_function")
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=200, enable_analyzer=True)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    client.create_collection(late, schema=schema, consistency_level="Strong")
    rows = [{"id": i, "text": text, "sparse": {7: 1.0}} for i, text in enumerate(TEXTS)]
    client.insert(late, rows[:4])
    client.flush(late)
    client.insert(late, rows[4:])
    client.add_collection_function(late, Function("bm25", FunctionType.BM25, ["text"], ["sparse"]))
    index = client.prepare_index_params()
    index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    client.create_index(late, index)
    client.load_collection(late)
    hits = client.search(late, ["machine learning"], anns_field="sparse", limit=10)[0]
    expected = scores("machine learning")
    assert {hit["id"] for hit in hits} == set(expected), hits
    assert all(abs(hit["distance"] - expected[hit["id"]]) < 1e-4 for hit in hits), (hits, expected)
    described = Function("bm25", FunctionType.BM25, ["text"], ["sparse"], description="of words")
    client.alter_collection_function(late, "bm25", described)
    assert client.describe_collection(late)["functions"][0]["description"] == "of words"
    client.release_collection(late)
    client.drop_index(late, "sparse")
    client.drop_collection_function(late, "bm25")
    assert not client.describe_collection(late).get("functions")
    client.drop_collection(late)


run()

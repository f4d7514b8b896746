"""Rows and exact answers for the Python chapters."""

import random

DIM = 8


def vector(number, dim=DIM):
    generator = random.Random(number)
    return [generator.uniform(-1, 1) for _ in range(dim)]


def films(count):
    return [
        {
            "id": i,
            "vector": vector(i),
            "title": f"film {i}",
            "year": 1950 + i % 70,
            "rating": None if i % 10 == 0 else i / 10,
            "tags": [f"t{i % 3}", f"t{i % 5}"],
            "doc": {"stars": i % 6, "cast": {"lead": f"actor {i % 4}"}},
            "color": ["red", "green", "blue"][i % 3],
        }
        for i in range(count)
    ]


def score(metric, left, right):
    if metric == "L2":
        return sum((a - b) ** 2 for a, b in zip(left, right))
    dot = sum(a * b for a, b in zip(left, right))
    if metric == "IP":
        return dot
    return dot / (sum(a * a for a in left) * sum(b * b for b in right)) ** 0.5


def exact(rows, query, metric):
    """(score, id) of all rows, best first."""
    scored = [(score(metric, query, row["vector"]), row["id"]) for row in rows]
    return sorted(scored, reverse=metric != "L2")


def assert_hits(hits, rows, query, metric, limit):
    """The hits are what exact search finds, with its scores."""
    wanted = exact(rows, query, metric)[:limit]
    assert [hit["id"] for hit in hits] == [i for _, i in wanted], ([hit["id"] for hit in hits], wanted)
    for hit, (right, _) in zip(hits, wanted):
        assert abs(hit["distance"] - right) < 1e-4, (hit, right)

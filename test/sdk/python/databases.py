"""Databases through MilvusClient."""

from conformance import fails_with, feature, run, unique_name, uri
from pymilvus import MilvusClient

CHAPTER = "Databases"
CLIENT = "pymilvus"
client = MilvusClient(uri=uri)


@feature("create, list, describe, drop")
def life():
    name = unique_name("life")
    client.create_database(name)
    assert name in client.list_databases() and "default" in client.list_databases()
    assert client.describe_database(name)["name"] == name
    fails_with(lambda: client.create_database(name), 1100, "already exist")
    client.drop_database(name)
    assert name not in client.list_databases()
    fails_with(lambda: client.describe_database(name), 800, "database not found")


@feature("properties")
def properties():
    name = unique_name("properties")
    client.create_database(name, properties={"database.replica.number": 1})
    assert client.describe_database(name)["database.replica.number"] == "1"
    client.alter_database_properties(name, {"database.max.collections": "7"})
    described = client.describe_database(name)
    assert described["database.replica.number"] == "1" and described["database.max.collections"] == "7", described
    client.drop_database_properties(name, ["database.replica.number"])
    described = client.describe_database(name)
    assert "database.replica.number" not in described and described["database.max.collections"] == "7", described
    client.drop_database(name)


@feature("a collection belongs to one database")
def belonging():
    first, second, collection = unique_name("first"), unique_name("second"), unique_name("rows")
    client.create_database(first)
    client.create_database(second)
    in_first, in_second = MilvusClient(uri=uri, db_name=first), MilvusClient(uri=uri, db_name=second)
    in_first.create_collection(collection, dimension=4)
    assert in_first.list_collections() == [collection]
    assert in_second.list_collections() == []
    assert collection not in client.list_collections()
    in_second.use_database(first)
    assert in_second.has_collection(collection)
    fails_with(lambda: client.drop_database(first), 1100, "not empty")
    in_first.drop_collection(collection)
    client.drop_database(first)
    client.drop_database(second)


run()

"""Resource groups through MilvusClient."""

from conformance import fails_with, feature, run, unique_name, uri
from pymilvus import MilvusClient
from pymilvus.client.types import ResourceGroupConfig

CHAPTER = "Resource groups"
CLIENT = "pymilvus"
DEFAULT = "__default_resource_group"
client = MilvusClient(uri=uri)


def config(requests=0, limits=0, **others):
    return ResourceGroupConfig(requests={"node_num": requests}, limits={"node_num": limits}, **others)


@feature("create, describe, alter, drop")
def life():
    name = unique_name("life")
    client.create_resource_group(name)
    client.create_resource_group(name)
    fails_with(lambda: client.create_resource_group(name, config=config(1, 2)), 301, "already exist")
    assert {name, DEFAULT} <= set(client.list_resource_groups())
    described = client.describe_resource_group(name)
    assert (described.name, described.num_available_node, described.nodes) == (name, 0, []), described
    client.update_resource_groups({name: config(0, 0, transfer_to=[{"resource_group": DEFAULT}])})
    assert client.describe_resource_group(name).config.transfer_to[0].resource_group == DEFAULT
    client.drop_resource_group(name)
    assert name not in client.list_resource_groups()
    fails_with(lambda: client.describe_resource_group(name), 300, "not found")


@feature("groups that others name in transfer_from")
def named_by_another():
    source, target = unique_name("source"), unique_name("target")
    client.create_resource_group(source)
    client.create_resource_group(target, config=config(transfer_from=[{"resource_group": source}]))
    assert client.describe_resource_group(target).config.transfer_from[0].resource_group == source
    fails_with(lambda: client.drop_resource_group(source), 1100, "TransferFrom")
    client.update_resource_groups({target: config()})
    client.drop_resource_group(source)
    client.drop_resource_group(target)
    wrong = config(transfer_from=[{"resource_group": unique_name("nobody")}])
    fails_with(lambda: client.create_resource_group(target, config=wrong), 303, "not exist")


@feature("transfer of nodes and replicas")
def transfers():
    name, collection = unique_name("group"), unique_name("rows")
    client.create_resource_group(name)
    client.create_collection(collection, dimension=4)
    nobody = unique_name("nobody")
    move = client.transfer_replica
    fails_with(lambda: move(source_group=DEFAULT, target_group=nobody, collection_name=collection, num_replicas=1), 300)
    fails_with(lambda: move(source_group=name, target_group=name, collection_name=collection, num_replicas=1), 1100, "same")
    fails_with(lambda: move(source_group=DEFAULT, target_group=name, collection_name=collection, num_replicas=1), 304)
    client.drop_collection(collection)
    client.drop_resource_group(name)


run()

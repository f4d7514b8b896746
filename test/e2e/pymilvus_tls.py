"""MilvusClient over TLS: arguments are the https URI of a Braid and the certificate of its authority."""

import sys

from pymilvus import MilvusClient

uri, authority = sys.argv[1:3]
client = MilvusClient(uri=uri, secure=True, server_pem_path=authority, server_name="localhost")
assert client.list_collections() == []
client.create_collection("sealed", dimension=2)
assert client.insert("sealed", [{"id": 1, "vector": [1.0, 0.0]}])["insert_count"] == 1
found = client.search("sealed", data=[[1.0, 0.0]], limit=1, consistency_level="Strong")
assert [hit["id"] for hit in found[0]] == [1], found
client.drop_collection("sealed")
print("done")

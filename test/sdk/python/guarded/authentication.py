"""Signing in through MilvusClient: arguments are the URI of a Braid with authentication and root's password."""

import sys

import grpc
from pymilvus import MilvusClient, MilvusException

uri, root_password = sys.argv[1:3]


def fails(call, code):
    """The call must fail with this code of gRPC; connecting gives an error of pymilvus with its name in it."""
    try:
        answer = call()
    except grpc.RpcError as error:
        assert error.code() == code, error
    except MilvusException as error:
        assert code.name in str(error) or code.name.replace("_", "") in str(error).upper(), error
    else:
        raise AssertionError(f"expected {code}, got {answer}")


root = MilvusClient(uri=uri, user="root", password=root_password)
by_token = MilvusClient(uri=uri, token=f"root:{root_password}")
assert "root" in by_token.list_users()
root.create_user("pia", "first password")
pia = MilvusClient(uri=uri, token="pia:first password")
assert pia.list_collections() == []
fails(lambda: pia.list_users(), grpc.StatusCode.PERMISSION_DENIED)
fails(lambda: pia.create_collection("hers", dimension=2), grpc.StatusCode.PERMISSION_DENIED)

root.create_role("maker")
for privilege, collection in [("CreateCollection", "*"), ("CollectionAdmin", "hers")]:
    root.grant_privilege_v2("maker", privilege, collection, db_name="default")
root.grant_role("pia", "maker")
pia.create_collection("hers", dimension=2)
assert pia.list_collections() == ["hers"]
assert pia.insert("hers", [{"id": 1, "vector": [1.0, 0.0]}])["insert_count"] == 1
found = pia.search("hers", data=[[1.0, 0.0]], limit=1, consistency_level="Strong")
assert [hit["id"] for hit in found[0]] == [1], found

pia.update_password("pia", "first password", "second password", reset_connection=False)
fails(lambda: pia.list_collections(), grpc.StatusCode.UNAUTHENTICATED)
fails(lambda: MilvusClient(uri=uri, token="pia:first password").list_collections(), grpc.StatusCode.UNAUTHENTICATED)
assert MilvusClient(uri=uri, token="pia:second password").list_collections() == ["hers"]
root.drop_collection("hers")
root.revoke_role("pia", "maker")
root.drop_role("maker", force_drop=True)
root.drop_user("pia")
print("done")

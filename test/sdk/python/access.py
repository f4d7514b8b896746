"""Users, roles and privileges through MilvusClient."""

from conformance import fails_with, feature, run, unique_name, uri
from pymilvus import MilvusClient

CHAPTER = "Users, roles and privileges"
CLIENT = "pymilvus"
client = MilvusClient(uri=uri)


@feature("users")
def users():
    name = unique_name("user")
    client.create_user(name, "first password")
    assert name in client.list_users() and "root" in client.list_users()
    assert client.describe_user(name)["user_name"] == name
    fails_with(lambda: client.create_user(name, "another"), 65535, "user already exists")
    fails_with(lambda: client.update_password(name, "wrong password", "second password"), 1400, "old password not correct")
    client.update_password(name, "first password", "second password")
    client.drop_user(name)
    assert name not in client.list_users() and client.describe_user(name) == {}


@feature("roles")
def roles():
    user, role = unique_name("user"), unique_name("role")
    client.create_user(user, "first password")
    client.create_role(role)
    assert {role, "admin", "public"} <= set(client.list_roles())
    client.grant_role(user, role)
    assert client.describe_user(user)["roles"] == (role,)
    client.revoke_role(user, role)
    assert client.describe_user(user)["roles"] == ()
    client.drop_role(role)
    client.drop_user(user)


@feature("privileges")
def privileges():
    role = unique_name("role")
    client.create_role(role)
    client.grant_privilege(role, "Collection", "Search", "films")
    client.grant_privilege_v2(role, "CollectionReadOnly", "*", "default")
    described = client.describe_role(role)
    assert described["role"] == role
    assert [grant["privilege"] for grant in described["privileges"]] == ["Search", "CollectionReadOnly"], described
    fails_with(lambda: client.grant_privilege_v2(role, "Fly", "*"), 1100, "invalid privilege name")
    fails_with(lambda: client.drop_role(role), 65535, "has privileges")
    client.revoke_privilege(role, "Collection", "Search", "films")
    client.drop_role(role, force_drop=True)
    assert role not in client.list_roles()


@feature("privilege groups")
def privilege_groups():
    group = unique_name("group")
    client.create_privilege_group(group)
    client.add_privileges_to_group(group, ["Query", "Search"])
    listed = {item["privilege_group"]: set(item["privileges"]) for item in client.list_privilege_groups()}
    assert listed[group] == {"Query", "Search"}, listed
    client.remove_privileges_from_group(group, ["Query"])
    client.drop_privilege_group(group)
    assert group not in [item["privilege_group"] for item in client.list_privilege_groups()]


run()

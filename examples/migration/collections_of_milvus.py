"""What the scripts share: a collection's schema, indexes and rows as pymilvus gives them, and as it takes them."""

from pymilvus import CollectionSchema, DataType, MilvusClient

# Properties that name things which only the source has.
NOT_COPIED = ("collection.resource_groups",)


def schema_of(client: MilvusClient, name: str) -> CollectionSchema:
    return CollectionSchema.construct_from_dict(client.describe_collection(name))


def key_field(schema: CollectionSchema):
    return next(field for field in schema.fields if field.is_primary)


def create_like(source: MilvusClient, target: MilvusClient, name: str) -> CollectionSchema:
    """Creates the collection on the target, with its properties, indexes, partitions and aliases. Keys that the source gave (auto_id) are kept."""
    description = source.describe_collection(name)
    schema = CollectionSchema.construct_from_dict(description)
    properties = {key: value for key, value in description.get("properties", {}).items() if key not in NOT_COPIED}
    if key_field(schema).auto_id:
        properties["allow_insert_auto_id"] = "true"
    options = {"properties": properties}
    if any(field.is_partition_key for field in schema.fields):
        options["num_partitions"] = description["num_partitions"]
    target.create_collection(
        name,
        schema=schema,
        consistency_level=description["consistency_level"],
        **options,
    )
    indexes = target.prepare_index_params()
    for index_name in source.list_indexes(name):
        index = source.describe_index(name, index_name)
        state = ("total_rows", "indexed_rows", "pending_index_rows", "state", "index_id", "min_index_version", "max_index_version")
        params = {key: value for key, value in index.items() if key not in ("field_name", "index_name", "index_type", *state)}
        indexes.add_index(index["field_name"], index_type=index["index_type"], index_name=index_name, **params)
    if len(indexes) > 0:
        target.create_index(name, indexes)
        target.load_collection(name)
    for partition in partitions_of(source, name, schema):
        if partition and not target.has_partition(name, partition):
            target.create_partition(name, partition)
    for alias in source.list_aliases(name).get("aliases", []):
        target.create_alias(name, alias)
    return schema


def partitions_of(client: MilvusClient, name: str, schema: CollectionSchema):
    """Names of the partitions; [None] where a partition key spreads the rows: the target spreads them itself."""
    if any(field.is_partition_key for field in schema.fields):
        return [None]
    return client.list_partitions(name)


def batches_of(client: MilvusClient, name: str, schema: CollectionSchema, partition=None, after=None, batch_rows=1000):
    """All rows in the order of their keys, in lists that insert takes; with `after` those behind that key."""
    key = key_field(schema)
    quoted = '"' + str(after).replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(after, str) else after
    iterator = client.query_iterator(
        name,
        filter="" if after is None else f"{key.name} > {quoted}",
        output_fields=["*"],
        partition_names=[partition] if partition else None,
        batch_size=batch_rows,
        consistency_level="Strong",
    )
    while rows := iterator.next():
        yield [insertable(row, schema) for row in rows]
    iterator.close()


def insertable(row: dict, schema: CollectionSchema) -> dict:
    """Vectors in bytes come as lists of one; what a function computes is computed again."""
    values = dict(row)
    for field in schema.fields:
        if field.is_function_output:
            values.pop(field.name, None)
        elif field.dtype in IN_BYTES and isinstance(values.get(field.name), list):
            values[field.name] = values[field.name][0]
    return values


IN_BYTES = (DataType.BINARY_VECTOR, DataType.FLOAT16_VECTOR, DataType.BFLOAT16_VECTOR, DataType.INT8_VECTOR)


def count(client: MilvusClient, name: str, partition=None) -> int:
    rows = client.query(
        name,
        filter="",
        output_fields=["count(*)"],
        partition_names=[partition] if partition else None,
        consistency_level="Strong",
    )
    return rows[0]["count(*)"]

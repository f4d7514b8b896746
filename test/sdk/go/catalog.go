package main

import (
	"slices"

	"github.com/milvus-io/milvus/client/v2/entity"
	"github.com/milvus-io/milvus/client/v2/index"
	client "github.com/milvus-io/milvus/client/v2/milvusclient"
)

func init() {
	feature("Collections", "create, describe, drop", createDescribeDrop)
	feature("Collections", "add a field", addField)
	feature("Collections", "rename", rename)
	feature("Databases", "create, list, describe, drop", databases)
	feature("Aliases", "create, describe, list, alter, drop", aliases)
	feature("Partitions", "create, list, has, drop", partitions)
	feature("Indexes", "create, describe, drop", indexes)
}

func keyField() *entity.Field {
	return entity.NewField().WithName("id").WithDataType(entity.FieldTypeInt64).WithIsPrimaryKey(true)
}

func vectorField() *entity.Field {
	return entity.NewField().WithName("vector").WithDataType(entity.FieldTypeFloatVector).WithDim(dimension)
}

func simpleSchema() *entity.Schema {
	return entity.NewSchema().WithField(keyField()).WithField(vectorField()).WithDynamicFieldEnabled(true)
}

func createCollection(run run, base string) string {
	name := uniqueName(base)
	check(run.client.CreateCollection(run, client.NewCreateCollectionOption(name, simpleSchema())))
	return name
}

func drop(run run, name string) {
	check(run.client.DropCollection(run, client.NewDropCollectionOption(name)))
}

func createDescribeDrop(run run) {
	name := uniqueName("films")
	title := entity.NewField().WithName("title").WithDataType(entity.FieldTypeVarChar).WithMaxLength(64).WithNullable(true)
	schema := simpleSchema().WithField(title).WithDescription("films")
	create := client.NewCreateCollectionOption(name, schema).WithShardNum(1).WithConsistencyLevel(entity.ClStrong)
	check(run.client.CreateCollection(run, create))
	expect(must(run.client.HasCollection(run, client.NewHasCollectionOption(name))))
	expect(slices.Contains(must(run.client.ListCollections(run, client.NewListCollectionOption())), name))
	described := must(run.client.DescribeCollection(run, client.NewDescribeCollectionOption(name)))
	equal(described.Schema.Description, "films")
	equal(described.ConsistencyLevel, entity.ClStrong)
	expect(described.Schema.EnableDynamicField)
	equal(described.Schema.Fields[2].TypeParams["max_length"], "64")
	expect(described.Schema.Fields[2].Nullable)
	drop(run, name)
	expect(!must(run.client.HasCollection(run, client.NewHasCollectionOption(name))))
	_, err := run.client.DescribeCollection(run, client.NewDescribeCollectionOption(name))
	failsWith(err, "can't find collection")
}

func addField(run run) {
	name := createCollection(run, "widened")
	field := entity.NewField().WithName("year").WithDataType(entity.FieldTypeInt32).WithNullable(true)
	check(run.client.AddCollectionField(run, client.NewAddCollectionFieldOption(name, field)))
	described := must(run.client.DescribeCollection(run, client.NewDescribeCollectionOption(name)))
	expect(slices.ContainsFunc(described.Schema.Fields, func(field *entity.Field) bool { return field.Name == "year" }))
	drop(run, name)
}

func rename(run run) {
	before, after := createCollection(run, "before"), uniqueName("after")
	check(run.client.RenameCollection(run, client.NewRenameCollectionOption(before, after)))
	expect(!must(run.client.HasCollection(run, client.NewHasCollectionOption(before))))
	drop(run, after)
}

func databases(run run) {
	name := uniqueName("library")
	check(run.client.CreateDatabase(run, client.NewCreateDatabaseOption(name)))
	expect(slices.Contains(must(run.client.ListDatabase(run, client.NewListDatabaseOption())), name))
	equal(must(run.client.DescribeDatabase(run, client.NewDescribeDatabaseOption(name))).Name, name)
	check(run.client.UseDatabase(run, client.NewUseDatabaseOption(name)))
	collection := createCollection(run, "inside")
	equal(must(run.client.ListCollections(run, client.NewListCollectionOption())), []string{collection})
	drop(run, collection)
	check(run.client.UseDatabase(run, client.NewUseDatabaseOption("default")))
	check(run.client.DropDatabase(run, client.NewDropDatabaseOption(name)))
}

func aliases(run run) {
	first, second, alias := createCollection(run, "first"), createCollection(run, "second"), uniqueName("current")
	check(run.client.CreateAlias(run, client.NewCreateAliasOption(first, alias)))
	equal(must(run.client.DescribeAlias(run, client.NewDescribeAliasOption(alias))).CollectionName, first)
	check(run.client.AlterAlias(run, client.NewAlterAliasOption(alias, second)))
	equal(must(run.client.ListAliases(run, client.NewListAliasesOption(second))), []string{alias})
	check(run.client.DropAlias(run, client.NewDropAliasOption(alias)))
	drop(run, first)
	drop(run, second)
}

func partitions(run run) {
	name := createCollection(run, "parts")
	check(run.client.CreatePartition(run, client.NewCreatePartitionOption(name, "old")))
	expect(must(run.client.HasPartition(run, client.NewHasPartitionOption(name, "old"))))
	equal(must(run.client.ListPartitions(run, client.NewListPartitionOption(name))), []string{"_default", "old"})
	check(run.client.DropPartition(run, client.NewDropPartitionOption(name, "old")))
	expect(!must(run.client.HasPartition(run, client.NewHasPartitionOption(name, "old"))))
	drop(run, name)
}

func indexes(run run) {
	name := createCollection(run, "indexed")
	hnsw := index.NewHNSWIndex(entity.COSINE, 16, 64)
	task := must(run.client.CreateIndex(run, client.NewCreateIndexOption(name, "vector", hnsw).WithIndexName("near")))
	check(task.Await(run))
	described := must(run.client.DescribeIndex(run, client.NewDescribeIndexOption(name, "near")))
	equal(described.Params()["index_type"], "HNSW")
	equal(described.Params()["metric_type"], "COSINE")
	equal(described.State, index.IndexState(3))
	equal(must(run.client.ListIndexes(run, client.NewListIndexOption(name))), []string{"near"})
	check(run.client.DropIndex(run, client.NewDropIndexOption(name, "near")))
	_, err := run.client.DescribeIndex(run, client.NewDescribeIndexOption(name, "near"))
	failsWith(err, "index not found")
	drop(run, name)
}

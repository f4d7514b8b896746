package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/milvus-io/milvus/client/v2/column"
	"github.com/milvus-io/milvus/client/v2/entity"
	"github.com/milvus-io/milvus/client/v2/index"
	client "github.com/milvus-io/milvus/client/v2/milvusclient"
)

func init() {
	feature("Insert, upsert, delete", "insert, upsert, delete", insertUpsertDelete)
	feature("Query", "get by keys", getByKeys)
	feature("Query", "count(*)", count)
	feature("Search", "one query vector", oneVector)
	feature("Search", "filter", filtered)
	feature("Search", "range search", rangeSearch)
	feature("Grouping search", "group by a field", grouped)
	feature("Hybrid search", "reciprocal rank fusion", fused)
	feature("Iterators", "query iterator", queryIterator)
	feature("Iterators", "search iterator", searchIterator)
	feature("Full-text search", "BM25", bm25)
	feature("Field types", "SparseFloatVector", sparse)
	feature("Field types", "Array", arrays)
}

// A loaded collection of rows 0 to rowCount - 1, half of them sealed, with `kind` = id % 5 and a dynamic `note`.
func filled(run run, base string) string {
	name := uniqueName(base)
	kind := entity.NewField().WithName("kind").WithDataType(entity.FieldTypeInt32)
	loadedCollection(run, name, simpleSchema().WithField(kind), map[string]index.Index{"vector": index.NewFlatIndex(entity.L2)})
	insertRows(run, name, 0, rowCount/2)
	check(must(run.client.Flush(run, client.NewFlushOption(name))).Await(run))
	insertRows(run, name, rowCount/2, rowCount)
	return name
}

func loadedCollection(run run, name string, schema *entity.Schema, indexes map[string]index.Index) {
	create := client.NewCreateCollectionOption(name, schema).WithConsistencyLevel(entity.ClStrong)
	for field, each := range indexes {
		create.WithIndexOptions(client.NewCreateIndexOption(name, field, each))
	}
	check(run.client.CreateCollection(run, create))
	load(run, name)
}

func load(run run, name string) {
	task := must(run.client.LoadCollection(run, client.NewLoadCollectionOption(name)))
	check(task.Await(run))
}

func insertRows(run run, name string, from, to int) {
	ids := idsBetween(from, to)
	kinds, notes := make([]int32, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		kinds[i], notes[i] = int32(id%5), fmt.Sprint("note ", id)
	}
	insert := client.NewColumnBasedInsertOption(name).
		WithInt64Column("id", ids).
		WithInt32Column("kind", kinds).
		WithFloatVectorColumn("vector", dimension, vectors(ids)).
		WithVarcharColumn("note", notes)
	equal(must(run.client.Insert(run, insert)).InsertCount, int64(len(ids)))
}

func idsOf(column column.Column) []int64 {
	ids := make([]int64, column.Len())
	for i := range ids {
		ids[i] = must(column.GetAsInt64(i))
	}
	return ids
}

func found(run run, name string, filter string) []int64 {
	option := client.NewQueryOption(name).WithFilter(filter).WithOutputFields("id")
	rows := must(run.client.Query(run, option))
	ids := idsOf(rows.GetColumn("id"))
	slices.Sort(ids)
	return ids
}

func insertUpsertDelete(run run) {
	name := filled(run, "written")
	type row struct {
		Id     int64     `milvus:"name:id"`
		Kind   int32     `milvus:"name:kind"`
		Vector []float32 `milvus:"name:vector"`
	}
	upsert := client.NewRowBasedInsertOption(name, &row{3, 99, vectorOf(3)}, &row{1000, 99, vectorOf(1000)})
	equal(must(run.client.Upsert(run, upsert)).UpsertCount, int64(2))
	equal(found(run, name, "kind == 99"), []int64{3, 1000})
	equal(must(run.client.Delete(run, client.NewDeleteOption(name).WithInt64IDs("id", []int64{3, 4}))).DeleteCount, int64(2))
	must(run.client.Delete(run, client.NewDeleteOption(name).WithExpr("kind == 2")))
	equal(len(found(run, name, "id >= 0")), rowCount+1-2-rowCount/5)
	wrong := client.NewColumnBasedInsertOption(name).WithInt64Column("id", []int64{1}).WithInt32Column("kind", []int32{1}).
		WithFloatVectorColumn("vector", 4, [][]float32{{1, 2, 3, 4}})
	_, err := run.client.Insert(run, wrong)
	expect(err != nil, "a vector of another dimension is refused")
	drop(run, name)
}

func getByKeys(run run) {
	name := filled(run, "got")
	option := client.NewQueryOption(name).WithIDs(column.NewColumnInt64("id", []int64{7, 70})).WithOutputFields("note", "vector")
	rows := must(run.client.Get(run, option))
	equal(rows.ResultCount, 2)
	equal(must(rows.GetColumn("note").GetAsString(0)), "note 7")
	equal([]float32(must(rows.GetColumn("vector").Get(1)).(entity.FloatVector)), vectorOf(70))
	drop(run, name)
}

func count(run run) {
	name := filled(run, "counted")
	option := client.NewQueryOption(name).WithFilter("kind < 2").WithOutputFields("count(*)")
	rows := must(run.client.Query(run, option))
	equal(must(rows.GetColumn("count(*)").GetAsInt64(0)), int64(2*rowCount/5))
	drop(run, name)
}

func oneVector(run run) {
	name := filled(run, "searched")
	results := must(run.client.Search(run, client.NewSearchOption(name, 5, query(42)).WithOutputFields("kind", "note")))
	equal(idsOf(results[0].IDs), nearest(vectorOf(42), idsBetween(0, rowCount), 5))
	equal(results[0].Scores[0], float32(0))
	equal(must(results[0].GetColumn("note").GetAsString(0)), "note 42")
	_, err := run.client.Search(run, client.NewSearchOption(name, 16_385, query(42)))
	failsWith(err, "it should be in range [1, 16384]")
	drop(run, name)
}

func filtered(run run) {
	name := filled(run, "filtered")
	option := client.NewSearchOption(name, 4, query(42)).WithFilter("kind in {kinds} and id > 10").WithTemplateParam("kinds", []int64{1})
	allowed := slices.DeleteFunc(idsBetween(11, rowCount), func(id int64) bool { return id%5 != 1 })
	equal(idsOf(must(run.client.Search(run, option))[0].IDs), nearest(vectorOf(42), allowed, 4))
	_, err := run.client.Search(run, client.NewSearchOption(name, 4, query(42)).WithFilter("kind ==="))
	failsWith(err, "cannot parse expression")
	drop(run, name)
}

func rangeSearch(run run) {
	name := filled(run, "ranged")
	all := must(run.client.Search(run, client.NewSearchOption(name, 20, query(5))))[0]
	radius, inner := all.Scores[10], all.Scores[3]
	params := index.NewCustomAnnParam()
	params.WithRadius(float64(radius))
	params.WithRangeFilter(float64(inner))
	within := must(run.client.Search(run, client.NewSearchOption(name, 20, query(5)).WithAnnParam(params)))[0]
	equal(idsOf(within.IDs), idsOf(all.IDs)[3:10])
	drop(run, name)
}

func grouped(run run) {
	name := filled(run, "grouped")
	option := client.NewSearchOption(name, 5, query(5)).WithGroupByField("kind").WithOutputFields("kind")
	kinds := must(run.client.Search(run, option))[0].GetColumn("kind")
	seen := map[int64]bool{}
	for i := range kinds.Len() {
		seen[must(kinds.GetAsInt64(i))] = true
	}
	equal(len(seen), 5)
	drop(run, name)
}

func fused(run run) {
	name := filled(run, "fused")
	first := client.NewAnnRequest("vector", 10, query(5)...)
	second := client.NewAnnRequest("vector", 10, query(5)...).WithFilter("kind == 0")
	option := client.NewHybridSearchOption(name, 3, first, second).WithReranker(client.NewRRFReranker())
	results := must(run.client.HybridSearch(run, option))
	equal(must(results[0].IDs.GetAsInt64(0)), int64(5))
	equal(results[0].ResultCount, 3)
	drop(run, name)
}

func queryIterator(run run) {
	name := filled(run, "walked")
	option := client.NewQueryIteratorOption(name).WithFilter("kind != 0").WithBatchSize(7).WithOutputFields("id")
	iterator := must(run.client.QueryIterator(run, option))
	ids := []int64{}
	for {
		batch, err := iterator.Next(run)
		if errors.Is(err, io.EOF) {
			break
		}
		check(err)
		ids = append(ids, idsOf(batch.GetColumn("id"))...)
	}
	equal(ids, slices.DeleteFunc(idsBetween(0, rowCount), func(id int64) bool { return id%5 == 0 }))
	drop(run, name)
}

func searchIterator(run run) {
	name := filled(run, "paged")
	iterator := must(run.client.SearchIterator(run, client.NewSearchIteratorOption(name, query(42)[0]).WithBatchSize(9)))
	ids := []int64{}
	for {
		batch, err := iterator.Next(run)
		if errors.Is(err, io.EOF) || (err == nil && batch.ResultCount == 0) {
			break
		}
		check(err)
		ids = append(ids, idsOf(batch.IDs)...)
	}
	equal(ids, nearest(vectorOf(42), idsBetween(0, rowCount), rowCount))
	drop(run, name)
}

func bm25(run run) {
	name := uniqueName("texts")
	text := entity.NewField().WithName("text").WithDataType(entity.FieldTypeVarChar).WithMaxLength(200).WithEnableAnalyzer(true)
	terms := entity.NewField().WithName("terms").WithDataType(entity.FieldTypeSparseVector)
	function := entity.NewFunction().WithName("bm25").WithType(entity.FunctionTypeBM25).WithInputFields("text").WithOutputFields("terms")
	schema := entity.NewSchema().WithField(keyField()).WithField(text).WithField(terms).WithFunction(function)
	loadedCollection(run, name, schema, map[string]index.Index{"terms": index.NewSparseInvertedIndex(entity.BM25, 0)})
	texts := []string{"a game of chess", "a server for key and value", "strategy game of ancient warfare, a game for many"}
	must(run.client.Insert(run, client.NewColumnBasedInsertOption(name).WithInt64Column("id", []int64{1, 2, 3}).WithVarcharColumn("text", texts)))
	option := client.NewSearchOption(name, 3, []entity.Vector{entity.Text("ancient game")}).WithANNSField("terms")
	equal(idsOf(must(run.client.Search(run, option))[0].IDs), []int64{3, 1})
	drop(run, name)
}

func sparse(run run) {
	name := uniqueName("sparse")
	field := entity.NewField().WithName("terms").WithDataType(entity.FieldTypeSparseVector)
	schema := entity.NewSchema().WithField(keyField()).WithField(field)
	loadedCollection(run, name, schema, map[string]index.Index{"terms": index.NewSparseInvertedIndex(entity.IP, 0)})
	rows := []entity.SparseEmbedding{
		must(entity.NewSliceSparseEmbedding([]uint32{1, 500}, []float32{0.5, 2})),
		must(entity.NewSliceSparseEmbedding([]uint32{500, 70_000}, []float32{0, 1.5})),
	}
	columns := []column.Column{column.NewColumnInt64("id", []int64{1, 2}), column.NewColumnSparseVectors("terms", rows)}
	must(run.client.Insert(run, client.NewColumnBasedInsertOption(name, columns...)))
	results := must(run.client.Search(run, client.NewSearchOption(name, 3, []entity.Vector{rows[0]}).WithANNSField("terms").WithOutputFields("terms")))
	equal(idsOf(results[0].IDs), []int64{1})
	equal(results[0].Scores, []float32{4.25})
	read := must(run.client.Get(run, client.NewQueryOption(name).WithIDs(column.NewColumnInt64("id", []int64{2})).WithOutputFields("terms")))
	equal(must(read.GetColumn("terms").Get(0)).(entity.SparseEmbedding).Serialize(), rows[1].Serialize())
	drop(run, name)
}

func arrays(run run) {
	name := uniqueName("arrays")
	tags := entity.NewField().WithName("tags").WithDataType(entity.FieldTypeArray).WithElementType(entity.FieldTypeVarChar).WithMaxCapacity(8).WithMaxLength(16)
	schema := simpleSchema().WithField(tags)
	loadedCollection(run, name, schema, map[string]index.Index{"vector": index.NewAutoIndex(entity.L2)})
	ids := []int64{1, 2}
	insert := client.NewColumnBasedInsertOption(name).WithInt64Column("id", ids).WithFloatVectorColumn("vector", dimension, vectors(ids)).
		WithColumns(column.NewColumnVarCharArray("tags", [][]string{{"red", "blue"}, {}}))
	must(run.client.Insert(run, insert))
	equal(found(run, name, `array_contains(tags, "blue")`), []int64{1})
	drop(run, name)
}

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.milvus.common.clientenum.FunctionType;
import io.milvus.grpc.MilvusServiceGrpc.MilvusServiceBlockingStub;
import io.milvus.grpc.Status;
import io.milvus.orm.iterator.QueryIterator;
import io.milvus.orm.iterator.SearchIteratorV2;
import io.milvus.response.QueryResultsWrapper.RowRecord;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.CompactionState;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.*;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;
import io.milvus.v2.service.collection.request.CreateCollectionReq.Function;
import io.milvus.v2.service.database.request.*;
import io.milvus.v2.service.partition.request.*;
import io.milvus.v2.service.rbac.request.*;
import io.milvus.v2.service.utility.request.*;
import io.milvus.v2.service.vector.request.*;
import io.milvus.v2.service.vector.request.data.*;
import io.milvus.v2.service.vector.request.ranker.RRFRanker;
import io.milvus.v2.service.vector.response.SearchResp.SearchResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The Java chapters of the conformance suite, on Milvus' Java SDK. The titles are those of docs/compatibility.md. Argument: address of a running Braid.
 * Prints one JSON line for each feature: its name and chapter, the error or null, the calls with their codes.
 */
public class Conformance {
    interface Body {
        void run(MilvusClientV2 client) throws Exception;
    }

    record Feature(String chapter, String name, Body body) {}

    static final List<Feature> FEATURES = new ArrayList<>();
    static final Set<String> CALLS = new TreeSet<>();
    static final int DIMENSION = 8;
    static final int ROWS = 100;
    static int names = 0;

    static void feature(String chapter, String name, Body body) {
        FEATURES.add(new Feature(chapter, name, body));
    }

    static {
        feature("Collections", "create, describe, drop", Conformance::createDescribeDrop);
        feature("Databases", "create, list, describe, drop", Conformance::databases);
        feature("Aliases", "create, describe, list, alter, drop", Conformance::aliases);
        feature("Partitions", "create, list, has, drop", Conformance::partitions);
        feature("Insert, upsert, delete", "insert, upsert, delete", Conformance::insertUpsertDelete);
        feature("Query", "get by keys", Conformance::getByKeys);
        feature("Search", "one query vector", Conformance::oneVector);
        feature("Search", "filter", Conformance::filtered);
        feature("Grouping search", "group by a field", Conformance::grouped);
        feature("Hybrid search", "reciprocal rank fusion", Conformance::fused);
        feature("Iterators", "query iterator", Conformance::queryIterator);
        feature("Iterators", "search iterator", Conformance::searchIterator);
        feature("Full-text search", "BM25", Conformance::bm25);
        feature("Field types", "SparseFloatVector", Conformance::sparse);
        feature("Load and release", "load, states, release", Conformance::loadAndRelease);
        feature("Flush, compaction, load, segments", "compaction with plans and states", Conformance::compaction);
        feature("Users, roles and privileges", "users", Conformance::users);
        feature("Users, roles and privileges", "privileges", Conformance::privileges);
    }

    public static void main(String[] args) throws Exception {
        for (Feature feature : FEATURES) {
            CALLS.clear();
            String error = null;
            MilvusClientV2 client = new MilvusClientV2(ConnectConfig.builder().uri("http://" + args[0]).build());
            try {
                record(client);
                feature.body.run(client);
            } catch (Throwable thrown) {
                error = thrown + "\n" + Arrays.stream(thrown.getStackTrace()).limit(6).map(String::valueOf).collect(Collectors.joining("\n"));
            } finally {
                client.close();
            }
            var line = new java.util.LinkedHashMap<String, Object>();
            line.put("feature", feature.name);
            line.put("chapter", feature.chapter);
            line.put("error", error);
            line.put("calls", CALLS);
            System.out.println(new com.google.gson.GsonBuilder().serializeNulls().disableHtmlEscaping().create().toJson(line));
        }
        System.exit(0);
    }

    /** Puts an interceptor into the client, which has no setting for one. */
    static void record(MilvusClientV2 client) throws Exception {
        var field = MilvusClientV2.class.getDeclaredField("blockingStub");
        field.setAccessible(true);
        client.setBlockingStub(((MilvusServiceBlockingStub) field.get(client)).withInterceptors(new Recorder()));
    }

    static class Recorder implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    super.start(new SimpleForwardingClientCallListener<>(listener) {
                        @Override
                        public void onMessage(A answer) {
                            CALLS.add(method.getBareMethodName() + ":" + codeOf(answer));
                            super.onMessage(answer);
                        }
                    }, headers);
                }
            };
        }
    }

    /** The code of an answer that is a status or has one. */
    static int codeOf(Object answer) {
        if (answer instanceof Status status) return status.getCode();
        try {
            return ((Status) answer.getClass().getMethod("getStatus").invoke(answer)).getCode();
        } catch (ReflectiveOperationException withoutStatus) {
            return 0;
        }
    }

    static void equal(Object got, Object wanted) {
        if (!got.equals(wanted)) throw new AssertionError("got " + got + ", wanted " + wanted);
    }

    static void failsWith(Body body, String words) throws Exception {
        try {
            body.run(null);
        } catch (RuntimeException error) {
            if (!String.valueOf(error.getMessage()).contains(words)) throw error;
            return;
        }
        throw new AssertionError("expected an error with: " + words);
    }

    static String uniqueName(String base) {
        return base + "_java_" + ProcessHandle.current().pid() + "_" + ++names;
    }

    /** The same vectors in every run, none of them near another. */
    static List<Float> vectorOf(long id) {
        return IntStream.range(0, DIMENSION).mapToObj(i -> (float) Math.sin((id * DIMENSION + i) * 1.7)).toList();
    }

    static BaseVector query(long id) {
        return new FloatVec(vectorOf(id));
    }

    static double distance(long left, long right) {
        List<Float> a = vectorOf(left), b = vectorOf(right);
        return IntStream.range(0, DIMENSION).mapToDouble(i -> Math.pow(a.get(i) - b.get(i), 2)).sum();
    }

    /** What an exact search (L2) finds. */
    static List<Long> nearest(long query, LongStream ids, int limit) {
        return ids.boxed().sorted(Comparator.comparingDouble(id -> distance(query, id))).limit(limit).toList();
    }

    static List<Long> idsOf(List<SearchResult> hits) {
        return hits.stream().map(hit -> (Long) hit.getId()).toList();
    }

    static CollectionSchema schemaWithKey() {
        CollectionSchema schema = MilvusClientV2.CreateSchema();
        schema.addField(AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
        return schema;
    }

    static void create(MilvusClientV2 client, String name, CollectionSchema schema, IndexParam index) {
        var request = CreateCollectionReq.builder().collectionName(name).collectionSchema(schema);
        client.createCollection(request.indexParam(index).consistencyLevel(ConsistencyLevel.STRONG).build());
    }

    static void createSimple(MilvusClientV2 client, String name) {
        CollectionSchema schema = schemaWithKey();
        schema.setEnableDynamicField(true);
        schema.addField(AddFieldReq.builder().fieldName("kind").dataType(DataType.Int32).build());
        schema.addField(AddFieldReq.builder().fieldName("vector").dataType(DataType.FloatVector).dimension(DIMENSION).build());
        create(client, name, schema, IndexParam.builder().fieldName("vector").indexType(IndexParam.IndexType.FLAT).metricType(IndexParam.MetricType.L2).build());
    }

    static JsonObject row(long id, int kind) {
        JsonObject row = new JsonObject();
        row.addProperty("id", id);
        row.addProperty("kind", kind);
        row.add("vector", new Gson().toJsonTree(vectorOf(id)));
        row.addProperty("note", "note " + id);
        return row;
    }

    static void insert(MilvusClientV2 client, String name, long from, long to) {
        List<JsonObject> rows = LongStream.range(from, to).mapToObj(id -> row(id, (int) (id % 5))).toList();
        equal(client.insert(InsertReq.builder().collectionName(name).data(rows).build()).getInsertCnt(), to - from);
    }

    /** A loaded collection of rows, half of them sealed, with kind = id % 5 and a dynamic note. */
    static String filled(MilvusClientV2 client, String base) {
        String name = uniqueName(base);
        createSimple(client, name);
        insert(client, name, 0, ROWS / 2);
        client.flush(FlushReq.builder().collectionNames(List.of(name)).build());
        insert(client, name, ROWS / 2, ROWS);
        return name;
    }

    static void drop(MilvusClientV2 client, String name) {
        client.dropCollection(DropCollectionReq.builder().collectionName(name).build());
    }

    static List<Long> found(MilvusClientV2 client, String name, String filter) {
        var answer = client.query(QueryReq.builder().collectionName(name).filter(filter).outputFields(List.of("id")).build());
        return answer.getQueryResults().stream().map(row -> (Long) row.getEntity().get("id")).sorted().toList();
    }

    static void createDescribeDrop(MilvusClientV2 client) throws Exception {
        String name = uniqueName("films");
        createSimple(client, name);
        equal(client.hasCollection(HasCollectionReq.builder().collectionName(name).build()), true);
        var described = client.describeCollection(DescribeCollectionReq.builder().collectionName(name).build());
        equal(described.getFieldNames(), List.of("id", "kind", "vector"));
        equal(described.getEnableDynamicField(), true);
        equal(described.getConsistencyLevel(), ConsistencyLevel.STRONG);
        drop(client, name);
        equal(client.hasCollection(HasCollectionReq.builder().collectionName(name).build()), false);
        failsWith(none -> client.describeCollection(DescribeCollectionReq.builder().collectionName(name).build()), "can't find collection");
    }

    static void databases(MilvusClientV2 client) {
        String name = uniqueName("library");
        client.createDatabase(CreateDatabaseReq.builder().databaseName(name).build());
        equal(client.listDatabases().getDatabaseNames().contains(name), true);
        equal(client.describeDatabase(DescribeDatabaseReq.builder().databaseName(name).build()).getDatabaseName(), name);
        client.dropDatabase(DropDatabaseReq.builder().databaseName(name).build());
        equal(client.listDatabases().getDatabaseNames().contains(name), false);
    }

    static void aliases(MilvusClientV2 client) {
        String first = uniqueName("first"), second = uniqueName("second"), alias = uniqueName("current");
        createSimple(client, first);
        createSimple(client, second);
        client.createAlias(CreateAliasReq.builder().collectionName(first).alias(alias).build());
        equal(client.describeAlias(DescribeAliasReq.builder().alias(alias).build()).getCollectionName(), first);
        client.alterAlias(AlterAliasReq.builder().collectionName(second).alias(alias).build());
        equal(client.listAliases(ListAliasesReq.builder().collectionName(second).build()).getAlias(), List.of(alias));
        client.dropAlias(DropAliasReq.builder().alias(alias).build());
        drop(client, first);
        drop(client, second);
    }

    static void partitions(MilvusClientV2 client) {
        String name = uniqueName("parts");
        createSimple(client, name);
        client.createPartition(CreatePartitionReq.builder().collectionName(name).partitionName("old").build());
        equal(client.listPartitions(ListPartitionsReq.builder().collectionName(name).build()), List.of("_default", "old"));
        client.releasePartitions(ReleasePartitionsReq.builder().collectionName(name).partitionNames(List.of("old")).build());
        client.dropPartition(DropPartitionReq.builder().collectionName(name).partitionName("old").build());
        equal(client.hasPartition(HasPartitionReq.builder().collectionName(name).partitionName("old").build()), false);
        drop(client, name);
    }

    static void insertUpsertDelete(MilvusClientV2 client) throws Exception {
        String name = filled(client, "written");
        client.upsert(UpsertReq.builder().collectionName(name).data(List.of(row(3, 99), row(1000, 99))).build());
        equal(found(client, name, "kind == 99"), List.of(3L, 1000L));
        client.delete(DeleteReq.builder().collectionName(name).ids(List.of(3L, 4L)).build());
        client.delete(DeleteReq.builder().collectionName(name).filter("kind == 2").build());
        equal(found(client, name, "id >= 0").size(), ROWS + 1 - 2 - ROWS / 5);
        JsonObject wrong = row(1, 1);
        wrong.add("vector", new Gson().toJsonTree(List.of(1.0f, 2.0f)));
        failsWith(none -> client.insert(InsertReq.builder().collectionName(name).data(List.of(wrong)).build()), "dimension");
        drop(client, name);
    }

    static void getByKeys(MilvusClientV2 client) {
        String name = filled(client, "got");
        var rows = client.get(GetReq.builder().collectionName(name).ids(List.of(7L, 70L)).outputFields(List.of("note", "vector")).build()).getGetResults();
        equal(rows.size(), 2);
        equal(rows.get(0).getEntity().get("note"), "note 7");
        equal(rows.get(1).getEntity().get("vector"), vectorOf(70));
        drop(client, name);
    }

    static SearchReq.SearchReqBuilder<?, ?> search(String name, long query, int limit) {
        return SearchReq.builder().collectionName(name).annsField("vector").data(List.of(query(query))).limit(limit);
    }

    static void oneVector(MilvusClientV2 client) throws Exception {
        String name = filled(client, "searched");
        var hits = client.search(search(name, 42, 5).outputFields(List.of("note")).build()).getSearchResults().get(0);
        equal(idsOf(hits), nearest(42, LongStream.range(0, ROWS), 5));
        equal(hits.get(0).getEntity().get("note"), "note 42");
        failsWith(none -> client.search(search(name, 42, 16_385).build()), "it should be in range [1, 16384]");
        drop(client, name);
    }

    static void filtered(MilvusClientV2 client) throws Exception {
        String name = filled(client, "filtered");
        var request = search(name, 42, 4).filter("kind in {kinds} and id > 10").filterTemplateValues(Map.of("kinds", List.of(1)));
        var wanted = nearest(42, LongStream.range(11, ROWS).filter(id -> id % 5 == 1), 4);
        equal(idsOf(client.search(request.build()).getSearchResults().get(0)), wanted);
        failsWith(none -> client.search(search(name, 42, 4).filter("kind ===").build()), "cannot parse expression");
        drop(client, name);
    }

    static void grouped(MilvusClientV2 client) {
        String name = filled(client, "grouped");
        var request = search(name, 5, 5).groupByFieldName("kind").outputFields(List.of("kind")).build();
        var hits = client.search(request).getSearchResults().get(0);
        equal(hits.stream().map(hit -> hit.getEntity().get("kind")).collect(Collectors.toSet()).size(), 5);
        drop(client, name);
    }

    static void fused(MilvusClientV2 client) {
        String name = filled(client, "fused");
        var first = AnnSearchReq.builder().vectorFieldName("vector").vectors(List.of(query(5))).limit(10).build();
        var second = AnnSearchReq.builder().vectorFieldName("vector").vectors(List.of(query(5))).filter("kind == 0").limit(10).build();
        var ranker = RRFRanker.builder().k(60).build();
        var request = HybridSearchReq.builder().collectionName(name).searchRequests(List.of(first, second)).ranker(ranker).limit(3).build();
        var hits = client.hybridSearch(request).getSearchResults().get(0);
        equal(hits.size(), 3);
        equal(hits.get(0).getId(), 5L);
        drop(client, name);
    }

    static void queryIterator(MilvusClientV2 client) {
        String name = filled(client, "walked");
        var request = QueryIteratorReq.builder().collectionName(name).expr("kind != 0").outputFields(List.of("id")).batchSize(7).consistencyLevel(ConsistencyLevel.STRONG);
        QueryIterator iterator = client.queryIterator(request.build());
        List<Long> ids = new ArrayList<>();
        for (List<RowRecord> page = iterator.next(); !page.isEmpty(); page = iterator.next()) page.forEach(row -> ids.add((Long) row.get("id")));
        iterator.close();
        equal(ids, LongStream.range(0, ROWS).filter(id -> id % 5 != 0).boxed().toList());
        drop(client, name);
    }

    static void searchIterator(MilvusClientV2 client) {
        String name = filled(client, "paged");
        var request = SearchIteratorReqV2.builder().collectionName(name).vectorFieldName("vector").vectors(List.of(query(42))).batchSize(9).metricType(IndexParam.MetricType.L2);
        SearchIteratorV2 iterator = client.searchIteratorV2(request.build());
        List<Long> ids = new ArrayList<>();
        for (List<SearchResult> page = iterator.next(); !page.isEmpty(); page = iterator.next()) ids.addAll(idsOf(page));
        iterator.close();
        equal(ids, nearest(42, LongStream.range(0, ROWS), ROWS));
        drop(client, name);
    }

    static void bm25(MilvusClientV2 client) {
        String name = uniqueName("texts");
        CollectionSchema schema = schemaWithKey();
        schema.addField(AddFieldReq.builder().fieldName("text").dataType(DataType.VarChar).maxLength(200).enableAnalyzer(true).build());
        schema.addField(AddFieldReq.builder().fieldName("terms").dataType(DataType.SparseFloatVector).build());
        schema.addFunction(Function.builder().name("bm25").functionType(FunctionType.BM25).inputFieldNames(List.of("text")).outputFieldNames(List.of("terms")).build());
        create(client, name, schema, IndexParam.builder().fieldName("terms").indexType(IndexParam.IndexType.SPARSE_INVERTED_INDEX).metricType(IndexParam.MetricType.BM25).build());
        String[] texts = {"a game of chess", "a server for key and value", "strategy game of ancient warfare, a game for many"};
        List<JsonObject> rows = IntStream.range(0, texts.length).mapToObj(i -> {
            JsonObject row = new JsonObject();
            row.addProperty("id", i + 1);
            row.addProperty("text", texts[i]);
            return row;
        }).toList();
        client.insert(InsertReq.builder().collectionName(name).data(rows).build());
        var request = SearchReq.builder().collectionName(name).annsField("terms").data(List.of(new EmbeddedText("ancient game"))).limit(3).build();
        equal(idsOf(client.search(request).getSearchResults().get(0)), List.of(3L, 1L));
        drop(client, name);
    }

    static void sparse(MilvusClientV2 client) {
        String name = uniqueName("sparse");
        CollectionSchema schema = schemaWithKey();
        schema.addField(AddFieldReq.builder().fieldName("terms").dataType(DataType.SparseFloatVector).build());
        create(client, name, schema, IndexParam.builder().fieldName("terms").indexType(IndexParam.IndexType.SPARSE_INVERTED_INDEX).metricType(IndexParam.MetricType.IP).build());
        JsonObject row = new JsonObject();
        row.addProperty("id", 1);
        row.add("terms", new Gson().toJsonTree(Map.of(1, 0.5f, 500, 2.0f)));
        client.insert(InsertReq.builder().collectionName(name).data(List.of(row)).build());
        var query = new SparseFloatVec(new TreeMap<>(Map.of(500L, 2.0f)));
        var hits = client.search(SearchReq.builder().collectionName(name).annsField("terms").data(List.of(query)).limit(3).build()).getSearchResults().get(0);
        equal(idsOf(hits), List.of(1L));
        equal(hits.get(0).getScore(), 4.0f);
        drop(client, name);
    }

    static void loadAndRelease(MilvusClientV2 client) throws Exception {
        String name = filled(client, "loaded");
        // Readers may still be loading what has just been sealed.
        while (!client.getLoadState(GetLoadStateReq.builder().collectionName(name).build())) Thread.sleep(50);
        client.releaseCollection(ReleaseCollectionReq.builder().collectionName(name).build());
        equal(client.getLoadState(GetLoadStateReq.builder().collectionName(name).build()), false);
        failsWith(none -> client.search(search(name, 1, 1).build()), "collection not loaded");
        client.loadCollection(LoadCollectionReq.builder().collectionName(name).build());
        equal(client.search(search(name, 1, 1).build()).getSearchResults().get(0).size(), 1);
        drop(client, name);
    }

    static void compaction(MilvusClientV2 client) throws Exception {
        String name = filled(client, "compacted");
        client.flush(FlushReq.builder().collectionNames(List.of(name)).build());
        long job = client.compact(CompactReq.builder().collectionName(name).build()).getCompactionID();
        while (client.getCompactionState(GetCompactionStateReq.builder().compactionID(job).build()).getState() != CompactionState.Completed) Thread.sleep(50);
        equal(found(client, name, "id >= 0").size(), ROWS);
        drop(client, name);
    }

    static void users(MilvusClientV2 client) {
        String user = uniqueName("user"), role = uniqueName("role");
        client.createUser(CreateUserReq.builder().userName(user).password("secret-1").build());
        client.createRole(CreateRoleReq.builder().roleName(role).build());
        client.grantRole(GrantRoleReq.builder().userName(user).roleName(role).build());
        equal(client.listUsers().contains(user), true);
        equal(client.describeUser(DescribeUserReq.builder().userName(user).build()).getRoles(), List.of(role));
        client.updatePassword(UpdatePasswordReq.builder().userName(user).password("secret-1").newPassword("secret-2").build());
        client.revokeRole(RevokeRoleReq.builder().userName(user).roleName(role).build());
        client.dropRole(DropRoleReq.builder().roleName(role).build());
        client.dropUser(DropUserReq.builder().userName(user).build());
    }

    static void privileges(MilvusClientV2 client) {
        String role = uniqueName("reader");
        client.createRole(CreateRoleReq.builder().roleName(role).build());
        client.grantPrivilegeV2(GrantPrivilegeReqV2.builder().roleName(role).privilege("Search").dbName("default").collectionName("*").build());
        var granted = client.describeRole(DescribeRoleReq.builder().roleName(role).build()).getGrantInfos();
        equal(granted.size(), 1);
        equal(granted.get(0).getPrivilege(), "Search");
        client.revokePrivilegeV2(RevokePrivilegeReqV2.builder().roleName(role).privilege("Search").dbName("default").collectionName("*").build());
        client.dropRole(DropRoleReq.builder().roleName(role).build());
    }
}

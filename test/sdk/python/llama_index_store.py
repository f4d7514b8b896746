"""LlamaIndex' vector store for Milvus."""

from conformance import feature, run, unique_name, uri
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters, VectorStoreQuery
from llama_index.vector_stores.milvus import MilvusVectorStore
from words import DIM, TEXTS, best, embed

CHAPTER = "Popular programs"
CLIENT = "pymilvus"
PROGRAM = "llama-index-vector-stores-milvus-1.2.0"


def nodes():
    return [
        TextNode(
            id_=f"node-{i}",
            text=text,
            embedding=embed(text),
            metadata={"place": i},
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=f"document-{i % 2}")},
        )
        for i, text in enumerate(TEXTS)
    ]


@feature("LlamaIndex: add, query, filter, delete")
def store():
    name = unique_name("llama")
    store = MilvusVectorStore(uri=uri, collection_name=name, dim=DIM, overwrite=True, use_async_client=False)
    assert store.add(nodes()) == [f"node-{i}" for i in range(len(TEXTS))]
    query = "a night on the roof"
    result = store.query(VectorStoreQuery(query_embedding=embed(query), similarity_top_k=3))
    assert [node.text for node in result.nodes] == best(query)[:3], result
    filters = MetadataFilters(filters=[MetadataFilter(key="place", value=2)])
    result = store.query(VectorStoreQuery(query_embedding=embed(query), similarity_top_k=3, filters=filters))
    assert [node.text for node in result.nodes] == [TEXTS[2]], result
    assert [node.text for node in store.get_nodes(node_ids=["node-4"])] == [TEXTS[4]]
    store.delete("document-1")
    left = store.query(VectorStoreQuery(query_embedding=embed(query), similarity_top_k=9))
    assert sorted(left.ids) == ["node-0", "node-2", "node-4"], left.ids
    store.delete_nodes(node_ids=["node-0"])
    left = store.query(VectorStoreQuery(query_embedding=embed(query), similarity_top_k=9))
    assert sorted(left.ids) == ["node-2", "node-4"], left.ids
    store.clear()


run()

"""LangChain's vector store for Milvus."""

from conformance import feature, run, unique_name, uri
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_milvus import Milvus
from words import TEXTS, best, embed

CHAPTER = "Popular programs"
CLIENT = "pymilvus"
PROGRAM = "langchain-milvus-0.4.0"


class Words(Embeddings):
    def embed_documents(self, texts):
        return [embed(text) for text in texts]

    def embed_query(self, text):
        return embed(text)


def new_store(**more):
    return Milvus(
        Words(),
        collection_name=unique_name("langchain"),
        connection_args={"uri": uri},
        consistency_level="Strong",
        drop_old=True,
        **more,
    )


def documents():
    return [Document(text, metadata={"place": i, "even": i % 2 == 0}) for i, text in enumerate(TEXTS)]


@feature("LangChain (Python): add, search, filter, delete")
def add_and_search():
    store = new_store(auto_id=False, index_params={"index_type": "FLAT", "metric_type": "COSINE"})
    store.add_documents(documents(), ids=[f"text-{i}" for i in range(len(TEXTS))])
    query = "a night on the roof"
    found = store.similarity_search(query, k=3)
    assert [document.page_content for document in found] == best(query)[:3], found
    even = store.similarity_search(query, k=5, expr="even == true")
    assert [document.page_content for document in even] == [t for t in best(query) if TEXTS.index(t) % 2 == 0], even
    assert found[0].metadata["place"] == TEXTS.index(found[0].page_content)
    scored = store.similarity_search_with_score(TEXTS[3], k=1)
    assert scored[0][0].page_content == TEXTS[3] and abs(scored[0][1] - 1) < 1e-4, scored
    store.delete(ids=["text-3"])
    assert TEXTS[3] not in [document.page_content for document in store.similarity_search(TEXTS[3], k=5)]
    store.upsert(ids=["text-0"], documents=[Document("a new text about boats", metadata={"place": 9, "even": False})])
    assert store.similarity_search("boats", k=1)[0].page_content == "a new text about boats"
    store.drop()


@feature("LangChain (Python): dynamic fields and the default index")
def dynamic():
    store = new_store(enable_dynamic_field=True, auto_id=True)
    store.add_documents(documents())
    found = store.similarity_search("dogs", k=1)
    assert found[0].page_content == TEXTS[1] and found[0].metadata["place"] == 1, found
    retriever = store.as_retriever(search_kwargs={"k": 2})
    assert len(retriever.invoke("green apples")) == 2
    diverse = store.max_marginal_relevance_search("roof", k=2, fetch_k=5)
    assert diverse[0].page_content == best("roof")[0]
    store.drop()


run()

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { mayRunWith } from '../servers/required-server.ts';
import { missingVectorStore, vectorStoreHome } from '../servers/vector-stores.ts';
import { feature, uniqueName } from './support/chapter.ts';
import { vectorOf } from './support/rows.ts';

/** LangChain's JavaScript store for Milvus, as far as it is used here. It lies outside of this package, on a Node SDK of its own (2.6). */
interface MilvusStore {
  addDocuments(documents: readonly Document[], options?: { ids: string[] }): Promise<void>;
  similaritySearchWithScore(query: string, k: number, filter?: string): Promise<[Document, number][]>;
  delete(request: { filter?: string; ids?: string[] }): Promise<void>;
  readonly client: { closeConnection(): Promise<unknown>; dropCollection(request: object): Promise<unknown> };
}

interface Document {
  readonly pageContent: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const PROGRAM = 'langchain-community-1.1.29';
const DIM = 8;
const TEXTS = Array.from({ length: 30 }, (_, i) => `text number ${i}`);
/** The vector of a text follows from its number; what is asked for is a text. */
const embeddingOf = (text: string) => vectorOf(Number(text.split(' ').at(-1)), DIM);
const embeddings = {
  embedDocuments: async (texts: string[]) => texts.map(embeddingOf),
  embedQuery: async (text: string) => embeddingOf(text),
};

const mayRun = mayRunWith(PROGRAM, missingVectorStore(PROGRAM));

describe.runIf(mayRun)('Popular programs', () => {
  describe.each(inject('sdkDeployments'))('Node SDK 2.6, $name', ({ address }) => {
    feature('LangChain (JavaScript): add, search, filter, delete', () => {
      test('the nearest texts, with a filter, without the deleted', async () => {
        const require = createRequire(join(vectorStoreHome(PROGRAM), 'package.json'));
        const { Milvus } = require('@langchain/community/vectorstores/milvus') as {
          Milvus: new (embeddings: object, options: object) => MilvusStore;
        };
        const collectionName = uniqueName('langchain_js');
        const store = new Milvus(embeddings, {
          collectionName,
          url: address,
          autoId: false,
          primaryField: 'key',
          indexCreateOptions: { index_type: 'FLAT', metric_type: 'L2' },
        });
        const documents = TEXTS.map((pageContent, i) => ({ pageContent, metadata: { place: i, kind: `k${i % 3}` } }));
        await store.addDocuments(documents, { ids: TEXTS.map((_, i) => `key-${i}`) });
        const [[first, score]] = (await store.similaritySearchWithScore('text number 7', 5)) as [[Document, number]];
        expect(first).toMatchObject({ pageContent: 'text number 7', metadata: { place: 7, kind: 'k1' } });
        expect(score).toBeCloseTo(0, 5);
        const filtered = await store.similaritySearchWithScore('text number 7', 30, 'kind == "k2"');
        expect(filtered.map(([{ metadata }]) => metadata['kind'])).toEqual(Array.from({ length: 10 }, () => 'k2'));
        await store.delete({ ids: ['key-7'] });
        const left = await store.similaritySearchWithScore('text number 7', 30);
        expect(left).toHaveLength(29);
        expect(left.map(([{ pageContent }]) => pageContent)).not.toContain('text number 7');
        await store.client.dropCollection({ collection_name: collectionName });
        await store.client.closeConnection();
      });
    });
  });
});

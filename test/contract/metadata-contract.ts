import { afterEach, beforeEach, describe } from 'vitest';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import { accessContract } from './metadata/access-contract.ts';
import { applyContract } from './metadata/apply-contract.ts';
import { catalogContract } from './metadata/catalog-contract.ts';
import { fencingContract } from './metadata/fencing-contract.ts';
import { importContract } from './metadata/import-contract.ts';
import { leaseContract } from './metadata/lease-contract.ts';
import { sequencesContract } from './metadata/sequences-contract.ts';
import { viewContract } from './metadata/view-contract.ts';

/** One empty place for metadata, and as many openings of it as a test wants: each stands for a process of its own. */
export interface MetadataFixture extends AsyncDisposable {
  open(): Promise<MetadataStore>;
}

/** What the parts of the contract work with. */
export interface MetadataSubject {
  /** Opens the same place once more; the test does not close it. */
  open(): Promise<MetadataStore>;
}

/** What every metadata plugin promises. Call it in a test file of the plugin: `metadataContract('sqlite', () => newFixture())`. */
export function metadataContract(name: string, createFixture: () => Promise<MetadataFixture>): void {
  describe(`${name} keeps the contract of a metadata store`, () => {
    let fixture: MetadataFixture;
    let opened: MetadataStore[];
    const subject: MetadataSubject = {
      async open() {
        const store = await fixture.open();
        opened.push(store);
        return store;
      },
    };

    beforeEach(async () => {
      fixture = await createFixture();
      opened = [];
    });

    afterEach(async () => {
      for (const store of opened) await store[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    });

    describe('lease', () => leaseContract(subject));
    describe('fencing', () => fencingContract(subject));
    describe('sequences', () => sequencesContract(subject));
    describe('apply', () => applyContract(subject));
    describe('catalog', () => catalogContract(subject));
    describe('access', () => accessContract(subject));
    describe('imports', () => importContract(subject));
    describe('views', () => viewContract(subject));
  });
}

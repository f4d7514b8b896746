/**
 * A process of its own for sqlite.test.ts: publishes segments to a shared file, one id after another, until it is told to end or is killed, and reports
 * each acknowledged id on a line. Arguments: data folder, term, first id, count.
 */
import sqlite from '../../../plugins/metadata/sqlite.ts';
import { publication, segmentRecord } from '../../contract/metadata/records.ts';
import { testHost } from './test-host.ts';

const [folder, term, firstId, count] = process.argv.slice(2);
const store = await sqlite.open({}, testHost(folder!));
for (let id = Number(firstId); id < Number(firstId) + Number(count); id++) {
  await store.apply(Number(term), `publish-${id}`, [publication({ addSegments: [segmentRecord(id)] })]);
  process.stdout.write(`${id}\n`);
}
await store[Symbol.asyncDispose]();

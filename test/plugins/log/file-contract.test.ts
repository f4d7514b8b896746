import { logContract } from '../../contract/log-contract.ts';
import { createLogFolder } from './log-folder-fixture.ts';

logContract('the file log with small files', () => createLogFolder(4096));
logContract('the file log', () => createLogFolder(64 * 1024 * 1024));

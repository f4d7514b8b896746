import type { StatusPage } from '../../../cli/compose/page-shapes.ts';
import { readPage } from './management-port.ts';
import { polled } from './polled.ts';

const INTERVAL_MS = 2_000;

/** Members, collections, segments and placement, as the router sees them now. */
export const status = polled(() => readPage<StatusPage>('/status'), INTERVAL_MS);

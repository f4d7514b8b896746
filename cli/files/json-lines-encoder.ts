import type { RowPage } from '../client/row-pages.ts';
import type { RowEncoder } from './row-encoder.ts';

/** A row each line, as the server gives it: dynamic keys beside the fields. */
export class JsonLinesEncoder implements RowEncoder {
  async encode({ lines }: RowPage): Promise<string> {
    return lines.map((line) => `${line}\n`).join('');
  }

  async end(): Promise<string> {
    return '';
  }
}

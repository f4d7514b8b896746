import { BraidError } from '../../../core/errors.ts';

export interface Transfer {
  readonly source: string;
  readonly target: string;
  readonly count: number;
  /** Milvus' name of the count. */
  readonly what: string;
}

export function refuseBadTransfer({ source, target, count, what }: Transfer): void {
  if (source === target) {
    const message = `source resource group and target resource group should not be the same, resource group: ${source}`;
    throw new BraidError('parameterInvalid', message);
  }
  if (count <= 0) throw new BraidError('parameterInvalid', `invalid ${what} ${count}: it must be more than 0`);
}

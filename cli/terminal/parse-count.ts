import { InvalidArgumentError } from 'commander';

/** A positive integer of the command line. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It should be an integer from 1 on.');
  return value;
}

import { BraidError } from '../../../core/errors.ts';
import { isTimePart, type TimePart } from '../../../core/time/time-parts.ts';

/** `time_fields`: `year,month` or `year month`; none: timestamps are shown as texts. */
export function parseTimeFields(text: string | undefined): readonly TimePart[] {
  const names = (text ?? '').replace(/^"(.*)"$/, '$1').split(/[\s,]+/);
  const parts = names.map((name) => name.toLowerCase()).filter((name) => name !== '' && name !== 'null');
  return parts.map((name) => {
    if (isTimePart(name)) return name;
    const message = `unsupported field for extraction: ${name}, fields should be separated by ',' or ' '`;
    throw new BraidError('parameterInvalid', message);
  });
}

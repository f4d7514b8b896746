import GeometryFactory from 'jsts/org/locationtech/jts/geom/GeometryFactory.js';
import PrecisionModel from 'jsts/org/locationtech/jts/geom/PrecisionModel.js';
import WKTReader from 'jsts/org/locationtech/jts/io/WKTReader.js';
import WKTWriter from 'jsts/org/locationtech/jts/io/WKTWriter.js';
import { BraidError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import type { Geometry } from './geometry.ts';
import { readWkb } from './read-wkb.ts';
import { NESTING_MAX } from './wkb-type.ts';
import { writeWkb } from './write-wkb.ts';

const reader = new WKTReader(new GeometryFactory(new PrecisionModel()));
const writer = new WKTWriter(new GeometryFactory(new PrecisionModel()));

/** Well-known text as a geometry, for filters too. Throws `parameterInvalid` with the text. */
export function readWkt(text: string): Geometry {
  if (text.length > LIMITS.geometryTextMax) {
    throw new BraidError(
      'parameterTooLarge',
      `a geometry of ${text.length} characters exceeds the limit of ${LIMITS.geometryTextMax}`,
    );
  }
  const problem = findProblem(text);
  if (problem !== undefined) throw invalid(text, problem);
  try {
    return reader.read(text) as unknown as Geometry;
  } catch (cause) {
    throw invalid(text, (cause as Error).message, cause);
  }
}

/** Well-known text as a Geometry column stores it. */
export function wkbFromWkt(text: string): Uint8Array {
  return writeWkb(readWkt(text));
}

/** `POINT (1 2)`: how clients see what is stored. */
export function wktFromWkb(bytes: Uint8Array): string {
  return writer.write(readWkb(bytes) as never);
}

const BEFORE_BRACKETS = /^\s*[a-z]+(\s+empty)?\s*$/i;

/** What jsts passes over or recurses into: text behind the last bracket, deep nesting. */
function findProblem(text: string): string | undefined {
  let depth = 0;
  let isOver = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (!isOver || character.trim() === '') continue;
    if (isOver || depth < 0) return `unexpected ${character} at position ${i}`;
    if (depth > NESTING_MAX) return `brackets lie in one another more than ${NESTING_MAX} deep`;
    isOver = depth === 0;
  }
  if (depth > 0) return 'a bracket is not closed';
  return isOver || BEFORE_BRACKETS.test(text) ? undefined : 'no brackets';
}

const SHOWN_MAX = 100;

function invalid(text: string, why: string, cause?: unknown): BraidError {
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return new BraidError('parameterInvalid', `invalid geometry: ${shown} is not well-known text: ${why}`, { cause });
}

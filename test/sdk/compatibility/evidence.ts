import type { RecordedCall } from '../support/call-recorder.ts';

/** Titles of tests that see a refusal begin so. */
export const REFUSES = 'refuses';

/** What one test of the suite has shown. */
export interface Evidence {
  readonly chapter: string;
  /** As the chapter's part says it: `Node SDK 2.5`, `pymilvus`, `ORM`, `Go SDK`, `Java SDK`, `HTTP`, `gRPC`. */
  readonly client: string;
  readonly feature: string;
  /** What a passed test has seen refused with the code of "not supported". */
  readonly refused: string | undefined;
  readonly passed: boolean;
  readonly calls: readonly RecordedCall[];
}

/** The part of Vitest's JSON report that is read. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly meta: { readonly calls?: readonly RecordedCall[] };
    }[];
  }[];
}

/** Reads Vitest's JSON report. Tests outside of a chapter (no `client, deployment` around them) are left out. */
export function readEvidence(reportText: string): Evidence[] {
  const { testResults } = JSON.parse(reportText) as Report;
  return testResults
    .filter(({ name }) => name.includes('/test/sdk/'))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed' || status === 'failed')
    .flatMap(({ ancestorTitles: [chapter, part, feature], title, status, meta }) => {
      const client = part?.split(', ')[0];
      if (chapter === undefined || client === undefined) return [];
      const refused = title.startsWith(`${REFUSES} `) ? title.slice(REFUSES.length + 1) : undefined;
      const passed = status === 'passed';
      return [{ chapter, client, feature: feature ?? title, refused, passed, calls: meta.calls ?? [] }];
    });
}

import type { EndpointPages } from './endpoint-page.ts';

export const TEXT_PAGES: EndpointPages = {
  'common/run_analyzer': {
    summary: 'Show the tokens that an analyzer makes of texts',
    description:
      'The analyzer is described by `analyzerParams`, or is that of `collectionName` and `fieldName`. `withDetail` adds where each token stands (bytes) and its position, `withHash` the id it has in BM25.',
    example: { text: ['Running dogs'], analyzerParams: '{"type": "english"}' },
    data: [{ tokens: [{ token: 'run' }, { token: 'dog' }] }],
  },
};

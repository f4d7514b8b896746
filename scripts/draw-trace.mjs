#!/usr/bin/env node
// Draws one trace as an SVG, as Jaeger's page shows it: a row per span, its tags beside. What it draws comes from Jaeger's query API.
//   node scripts/draw-trace.mjs http://127.0.0.1:16686 <trace id> >docs/images/trace.svg
// Colours follow the reader's dark or light theme.

const ROW_PX = 22;
const NAME_PX = 290;
const BARS_PX = 290;
const TAGS_PX = 660;
const WIDTH_PX = NAME_PX + BARS_PX + TAGS_PX;
const HEAD_PX = 46;
const INDENT_PX = 14;
const BAR_PX_MIN = 2;

/** Of all tags those that say most; the rest is in Jaeger. */
const SHOWN_TAGS = [
  'db.collection.name',
  'nq',
  'k',
  'state',
  'method',
  'methods',
  'rows',
  'selectivity',
  'visited',
  'queue_ms',
  'run_ms',
  'guarantee_wait_ms',
  'error.type',
];
const SERVICE_COLOURS = ['#7c5cff', '#0d9488', '#c2701c', '#2563eb'];

const [base, traceId] = process.argv.slice(2);
if (!base || !traceId) {
  console.error('usage: draw-trace.mjs <address of the Jaeger query service> <trace id>');
  process.exit(2);
}
const answer = await fetch(`${base}/api/traces/${traceId}`);
if (!answer.ok) throw new Error(`Jaeger answered ${answer.status} for the trace ${traceId}`);
process.stdout.write(draw((await answer.json()).data[0]));

function draw(trace) {
  const rows = rowsOf(trace.spans);
  const beginUs = Math.min(...trace.spans.map((span) => span.startTime));
  const lengthUs = Math.max(...trace.spans.map((span) => span.startTime + span.duration)) - beginUs;
  const services = [...new Set(rows.map(({ span }) => trace.processes[span.processID].serviceName))];
  const colourOf = (span) =>
    SERVICE_COLOURS[services.indexOf(trace.processes[span.processID].serviceName) % SERVICE_COLOURS.length];
  const height = HEAD_PX + rows.length * ROW_PX + 12;
  const legend = services.map((service, i) => {
    const x = 12 + i * 94;
    return `<rect x="${x}" y="14" width="10" height="10" rx="2" fill="${SERVICE_COLOURS[i % SERVICE_COLOURS.length]}"/><text x="${x + 16}" y="23">${escaped(service)}</text>`;
  });
  const scale = [0, 0.5, 1].map((part) => {
    const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
    return `<text class="dim" x="${NAME_PX + part * BARS_PX}" y="23" text-anchor="${anchor}">${milliseconds(part * lengthUs)}</text>`;
  });
  const body = rows.map(({ span, depth }, i) => {
    const y = HEAD_PX + i * ROW_PX;
    const x = NAME_PX + ((span.startTime - beginUs) / lengthUs) * BARS_PX;
    const width = Math.max(BAR_PX_MIN, (span.duration / lengthUs) * BARS_PX);
    const failed = span.tags.some(({ key, value }) => key === 'error' && value === true);
    return [
      i % 2 === 0 ? `<rect class="stripe" x="0" y="${y}" width="${WIDTH_PX}" height="${ROW_PX}"/>` : '',
      `<rect x="${12 + depth * INDENT_PX}" y="${y + 5}" width="3" height="12" fill="${colourOf(span)}"/>`,
      `<text class="${failed ? 'failed' : 'name'}" x="${20 + depth * INDENT_PX}" y="${y + 15}">${escaped(span.operationName)}</text>`,
      `<rect x="${x.toFixed(1)}" y="${y + 6}" width="${width.toFixed(1)}" height="10" rx="2" fill="${colourOf(span)}"/>`,
      `<text class="dim" x="${NAME_PX + BARS_PX + 12}" y="${y + 15}">${escaped([milliseconds(span.duration), tagsOf(span)].filter(Boolean).join(' · '))}</text>`,
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}" width="${WIDTH_PX}" height="${height}" role="img" aria-label="A search as a trace: the spans of the router and of the nodes, with their times and tags">
<style>
  text { font: 11px ui-sans-serif, system-ui, sans-serif; fill: #1f2430; }
  .name { font-weight: 500; } .dim { fill: #596072; } .failed { fill: #c02626; font-weight: 600; }
  .page { fill: #ffffff; } .stripe { fill: #f4f5f8; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e8ee; } .dim { fill: #a4abbd; } .failed { fill: #ff8080; } .page { fill: #14161c; } .stripe { fill: #1b1e26; }
  }
</style>
<rect class="page" width="${WIDTH_PX}" height="${height}" rx="6"/>
${[...legend, ...scale, ...body].join('\n')}
</svg>
`;
}

/** Depth first, children in the order of their begin. */
function rowsOf(spans) {
  const parentOf = (span) => span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID;
  const known = new Set(spans.map((span) => span.spanID));
  const inOrder = [...spans].sort((left, right) => left.startTime - right.startTime);
  const below = (parentId, depth) =>
    inOrder
      .filter((span) => parentOf(span) === parentId)
      .flatMap((span) => [{ span, depth }, ...below(span.spanID, depth + 1)]);
  return inOrder
    .filter((span) => !known.has(parentOf(span)))
    .flatMap((span) => [{ span, depth: 0 }, ...below(span.spanID, 1)]);
}

function tagsOf({ tags }) {
  return SHOWN_TAGS.flatMap((shown) => {
    const tag = tags.find(({ key }) => key === shown);
    return tag ? [`${shown} ${shownValue(tag.value)}`] : [];
  }).join(' · ');
}

function shownValue(value) {
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toPrecision(2);
  return String(value).replaceAll(/[[\]"]/g, '');
}

function milliseconds(us) {
  return `${(us / 1_000).toPrecision(3)} ms`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

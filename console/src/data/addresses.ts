import type { ConfigRow } from '../../../config/describe-config.ts';

type Settings = readonly Pick<ConfigRow, 'name' | 'value'>[] | undefined;

const EVERYWHERE = ['0.0.0.0', '::', ''];

/** host:port of the Milvus API as whoever reads this page probably reaches it: that of the settings, or the page's own host where it listens everywhere. */
export function apiAddress(settings: Settings, pageHost: string): string {
  const host = settingOf(settings, 'router.host');
  const port = settingOf(settings, 'router.port') || '19530';
  return `${EVERYWHERE.includes(host) ? pageHost : host}:${port}`;
}

/** Where the trace UI that the settings name shows a trace; undefined: they name none. */
export function traceUrl(settings: Settings, traceId: string): string | undefined {
  const url = settingOf(settings, 'telemetry.traceUrl');
  if (!/^https?:\/\//.test(url)) return undefined;
  return url.includes('{traceId}')
    ? url.replaceAll('{traceId}', traceId)
    : `${url.replace(/\/$/, '')}/trace/${traceId}`;
}

function settingOf(settings: Settings, wanted: string): string {
  const text = settings?.find(({ name }) => name === wanted)?.value;
  return text ? String(JSON.parse(text)) : '';
}

import { joinAddress, splitAddress } from '../../../core/node-address.ts';
import type { Member } from '../discovery.ts';
import { RECORD_VERSION, type RegistryEntry } from '../member-record.ts';

/** Consul's bound for one value of a service's meta, in bytes. */
const META_VALUE_LENGTH_MAX = 512;
const ROLES: ReadonlySet<string> = new Set(['router', 'writer', 'reader']);
const ZONE_TAG = 'zone-';

/** The parts of a service in which Consul keeps a member. */
export interface ConsulService {
  readonly address: string;
  readonly port: number;
  readonly tags: string[];
  readonly meta: Record<string, string>;
}

/** An entry of `/v1/health/service/<name>`, as far as it is read. */
export interface HealthEntry {
  readonly Node?: { readonly Node?: string; readonly Address?: string };
  readonly Service?: {
    readonly ID?: string;
    readonly Address?: string;
    readonly Port?: number;
    readonly Tags?: readonly string[] | null;
    readonly Meta?: Readonly<Record<string, string>> | null;
    readonly CreateIndex?: number;
  };
}

/**
 * Roles and the zone are tags, so that Consul's own DNS and its catalog can choose by them (`reader.braid.service.consul`); the rest is meta. Labels are JSON in pieces of what one
 * value of meta may hold.
 */
export function toConsulService({ nodeId, address, roles, zone, weight, labels }: Member): ConsulService {
  const { host, port } = splitAddress(address);
  const meta: Record<string, string> = { version: String(RECORD_VERSION), 'node-id': nodeId };
  if (weight !== undefined) meta['weight'] = String(weight);
  if (labels !== undefined) {
    for (const [i, piece] of pieces(asciiJson(labels)).entries()) meta[`labels-${i}`] = piece;
  }
  const tags = [...roles, ...(zone !== undefined ? [`${ZONE_TAG}${zone}`] : [])];
  return { address: host, port, tags, meta };
}

/** A service that something else registered counts too, if it has a role as a tag: its id is the node's. */
export function fromHealthEntry({ Node: node, Service: service }: HealthEntry): RegistryEntry {
  const tags = service?.Tags ?? [];
  const meta = service?.Meta ?? {};
  const host = service?.Address || node?.Address || '';
  const zone = tags.find((tag) => tag.startsWith(ZONE_TAG))?.slice(ZONE_TAG.length);
  const record = {
    version: Number(meta['version'] ?? RECORD_VERSION),
    nodeId: meta['node-id'] ?? service?.ID,
    address: joinAddress(host, service?.Port ?? ''),
    roles: tags.filter((tag) => ROLES.has(tag)),
    ...(zone !== undefined && { zone }),
    ...(meta['weight'] !== undefined && { weight: Number(meta['weight']) }),
    ...('labels-0' in meta && { labels: parseLabels(meta) }),
  };
  return { key: `${node?.Node}/${service?.ID}`, record };
}

/** Anything but labels is left for the check of the record to refuse. */
function parseLabels(meta: Readonly<Record<string, string>>): unknown {
  let text = '';
  for (let i = 0; meta[`labels-${i}`] !== undefined; i++) text += meta[`labels-${i}`];
  try {
    return JSON.parse(text);
  } catch {
    return 'not JSON';
  }
}

/** JSON in which a character is a byte. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function pieces(text: string): string[] {
  const count = Math.ceil(text.length / META_VALUE_LENGTH_MAX);
  return Array.from({ length: count }, (_, i) =>
    text.slice(i * META_VALUE_LENGTH_MAX, (i + 1) * META_VALUE_LENGTH_MAX),
  );
}

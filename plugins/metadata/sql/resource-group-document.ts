import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ResourceGroupConfig, ResourceGroupRecord } from '../../../core/resource-groups/resource-group.ts';
import { decodeChecked, type Shape } from './documents.ts';

/** The configuration of a resource group as JSON text; the name is a column. */
const CONFIG = {
  requests: Type.Integer(),
  limits: Type.Integer(),
  transferFrom: Type.Array(Type.String()),
  transferTo: Type.Array(Type.String()),
  nodeLabels: Type.Record(Type.String(), Type.String()),
} satisfies Shape<ResourceGroupConfig>;

const validator = Compile(Type.Object(CONFIG));

export function encodeResourceGroup({ config }: ResourceGroupRecord): string {
  return JSON.stringify(config);
}

/** Refuses what has another shape. */
export function decodeResourceGroup(name: string, text: string): ResourceGroupRecord {
  return { name, config: decodeChecked<ResourceGroupConfig>(validator, text, `resource group ${name}`) };
}

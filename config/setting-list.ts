import type { SettingSchema } from './check-settings.ts';
import { configSchema } from './schema.ts';

/** One setting of the schema: a leaf, or the options of a plugin. */
export interface Setting {
  /** `['router', 'port']`. */
  readonly path: readonly string[];
  /** `router.port` */
  readonly name: string;
  /** `BRAID_ROUTER_PORT` */
  readonly variable: string;
  readonly description: string;
  readonly default: unknown;
  readonly isSecret: boolean;
}

/** All settings in the order of the schema. */
export function listSettings(): readonly Setting[] {
  return leavesOf(configSchema as SettingSchema, []);
}

/** `with.endpoint` of a plugin is set by `BRAID_TRACING_WITH_ENDPOINT`. */
export function variableName(path: readonly string[]): string {
  const words = path.map((step) => step.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return `BRAID_${words.join('_')}`;
}

function leavesOf(node: SettingSchema, path: readonly string[]): Setting[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([key, child]) => leavesOf(child, [...path, key]));
  }
  return [
    {
      path,
      name: path.join('.'),
      variable: variableName(path),
      description: node.description ?? '',
      default: node.default,
      isSecret: node.secret ?? false,
    },
  ];
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { BraidError } from '../../../core/errors.ts';
import type { KubernetesOptions } from './kubernetes-options.ts';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Where the API server is and who asks it. The token of a service account is read again every minute: it is rotated. What a kubeconfig holds is
 * read again by loading it anew, which callers do when they are refused.
 */
export function loadKubeConfig(
  config: KubeConfig,
  { kubeconfig, context }: Pick<KubernetesOptions, 'kubeconfig' | 'context'>,
  /** The root of the file system in which the service account's files are looked for. */
  root = '',
): KubeConfig {
  try {
    if (kubeconfig !== undefined) config.loadFromFile(kubeconfig);
    else if (existsSync(join(root, TOKEN_PATH))) config.loadFromCluster(root);
    else config.loadFromDefault();
  } catch (cause) {
    throw new BraidError('parameterInvalid', `the kubeconfig cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (context !== undefined) config.setCurrentContext(context);
  if (!config.getCurrentCluster()) {
    const contexts = config.getContexts().map(({ name }) => name);
    throw new BraidError(
      'parameterInvalid',
      `the kubeconfig has no cluster for the context "${config.getCurrentContext()}" (it has: ${contexts.join(', ') || 'none'})`,
    );
  }
  return config;
}

/** The namespace of the current context: in a pod its own. */
export function namespaceOf(config: KubeConfig): string {
  return config.getContextObject(config.getCurrentContext())?.namespace?.trim() || 'default';
}

import { expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { until } from './support/rows.ts';

chapter('Health and metrics', (sdk) => {
  feature('health', () => {
    test('is good', async () => {
      expect(await sdk.client.checkHealth()).toMatchObject({ status: { code: 0 }, isHealthy: true, reasons: [] });
      const healthz = await fetch(`http://${sdk.deployment.managementAddress}/healthz`);
      expect([healthz.status, await healthz.text()]).toEqual([200, 'OK']);
    });
  });

  feature('system_info', () => {
    test('names the nodes', async () => {
      const { response } = ok(await sdk.client.getMetric({ request: { metric_type: 'system_info' } as never }));
      const { nodes_info } = response as { nodes_info: { infos: { type: string; has_error: boolean } }[] };
      const types = nodes_info.map(({ infos }) => infos.type);
      expect(types).toContain('rootcoord');
      const readers = sdk.deployment.name === 'one process' ? 1 : 3;
      expect(types.filter((type) => type === 'querynode')).toHaveLength(readers);
    });
  });

  feature('the default resource group', () => {
    test('is listed and described, with as many nodes as there are readers', async () => {
      expect(ok(await sdk.client.listResourceGroups()).resource_groups).toContain('__default_resource_group');
      const readers = sdk.deployment.name === 'one process' ? 1 : 3;
      // Another chapter lends one of them to a group of its own for a moment.
      await until(async () => {
        const request = { resource_group: '__default_resource_group' };
        const { resource_group } = ok(await sdk.client.describeResourceGroup(request));
        return resource_group.num_available_node === readers;
      });
      failsWith(await sdk.client.describeResourceGroup({ resource_group: 'nobody' }), 300, /resource group/);
    });
  });
});

import { expect, test } from 'vitest';
import { createMetrics } from '../../telemetry/metrics.ts';
import { metricsPage } from '../../telemetry/metrics-page.ts';

test('docs/metrics.md is what the code registers', async () => {
  await expect(metricsPage(createMetrics('node-1').registry)).toMatchFileSnapshot('../../docs/metrics.md');
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../config/load-config.ts';
import { kafkaOptions } from '../../plugins/log/kafka/kafka-options.ts';
import { s3Options } from '../../plugins/storage/s3/s3-options.ts';
import { HOME, ROOMS } from '../house/sources.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { braidServices, composeServices, imageEnvironment, missingComposeGo } from './compose-file.ts';

describe.runIf(mayRunWith('compose-go', missingComposeGo()))('docker-compose.yml', () => {
  const services = composeServices(join(HOME, 'docker-compose.yml'));
  const image = imageEnvironment(readFileSync(join(HOME, 'Dockerfile'), 'utf8'));

  test('2 routers, a writer with one that stands by, 3 readers', () => {
    const roles = braidServices(services).map(([, { command }]) => command?.[command.indexOf('--role') + 1]);
    expect(roles.sort()).toEqual(['reader', 'reader', 'reader', 'router', 'router', 'writer', 'writer']);
  });

  test('Prometheus reads all of them', () => {
    const { scrape_configs: jobs } = parse(readFileSync(join(HOME, 'docker/prometheus/prometheus.yml'), 'utf8'));
    const names = jobs[0].dns_sd_configs[0].names as string[];
    expect(names.sort()).toEqual(
      braidServices(services)
        .map(([name]) => name)
        .sort(),
    );
  });

  test('every folder and file that is mounted is there', () => {
    const mounts = Object.values(services).flatMap(({ volumes }) => volumes ?? []);
    const files = mounts.filter(({ type }) => type === 'bind').map(({ source }) => source);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });

  test('ports are published on the loopback interface only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.map((port) => port.target).sort()).toContain(19_530);
    expect(ports.filter((port) => port.host_ip !== '127.0.0.1')).toEqual([]);
  });

  test.for(braidServices(services))('the settings of %s are known and name it', async ([name, service]) => {
    const mounted = service.volumes?.find((volume) => volume.target === '/etc/braid/braid.yaml');
    const environment = { ...image, ...service.environment };
    const config = await loadConfig({ file: mounted!.source, environment });
    expect(config.node.id).toBe(name);
    expect(config.dataFolder).toBe('/var/lib/braid');
    if (!name.startsWith('router')) expect(config.node.advertise).toBe(`${name}:${config.node.port}`);
    expect(config.node.host).toBe('0.0.0.0');
  });

  test.for(braidServices(composeServices(join(HOME, 'docker-compose.yml'), join(HOME, 'docker-compose.s3.yml'))))(
    'with docker-compose.s3.yml %s has its segments in S3, and all else as before',
    async ([name, service]) => {
      const mounted = service.volumes?.find((volume) => volume.target === '/etc/braid/braid.yaml');
      const { storage, node } = await loadConfig({
        file: mounted!.source,
        environment: { ...image, ...service.environment },
      });
      expect(storage.use).toBe('s3');
      expect([...Value.Errors(s3Options, Value.Default(s3Options, { ...storage.with }))]).toEqual([]);
      expect(storage.with).toMatchObject({ bucket: 'braid', secretAccessKey: 'braid-secret' });
      expect(storage.with).not.toHaveProperty('path');
      expect(node.id).toBe(name);
    },
  );

  test.for(braidServices(composeServices(join(HOME, 'docker-compose.yml'), join(HOME, 'docker-compose.kafka.yml'))))(
    'with docker-compose.kafka.yml %s has its log in Kafka if it writes one, and all else as before',
    async ([name, service]) => {
      const mounted = service.volumes?.find((volume) => volume.target === '/etc/braid/braid.yaml');
      const { log, storage, node } = await loadConfig({
        file: mounted!.source,
        environment: { ...image, ...service.environment },
      });
      expect(log.use).toBe(name.startsWith('writer') ? 'kafka' : 'file');
      if (log.use === 'kafka') {
        expect([...Value.Errors(kafkaOptions, Value.Default(kafkaOptions, structuredClone(log.with)))]).toEqual([]);
        expect(log.with).toEqual({ brokers: ['kafka:9092'], replicationFactor: 1 });
      }
      expect(storage.use).toBe('local');
      expect(node.id).toBe(name);
    },
  );
});

test('the image is built from every room that runs', () => {
  const kept = readFileSync(join(HOME, '.dockerignore'), 'utf8').split('\n');
  const rooms = ROOMS.filter((room) => room !== 'bench' && room !== 'examples');
  expect(rooms.filter((room) => !kept.includes(`!${room}`))).toEqual([]);
});

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ComposeService, ComposeVolume } from './compose-file.ts';
import type { Containers } from './podman.ts';

/** What build-image.sh makes of Debian's packages: empty, for the programs of this machine. */
const DEBIAN = 'localhost/braid-test-debian:bookworm';
const SERVERS = '/opt/servers';

/**
 * What stands in for the images of other servers, which no registry here has: the same programs of this machine (MariaDB for MySQL), with what the entry points of those images do. "$@" is the
 * command of docker-compose.yml. There is none for Grafana.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  mysql: `mariadb-install-db --user=root --datadir=/var/lib/mysql --auth-root-authentication-method=normal --skip-test-db >/dev/null
    printf '%s\\n' "CREATE DATABASE $MYSQL_DATABASE;" "CREATE USER $MYSQL_USER@'%' IDENTIFIED BY '$MYSQL_PASSWORD';" "GRANT ALL ON $MYSQL_DATABASE.* TO $MYSQL_USER@'%';" >/tmp/init.sql
    exec mariadbd --no-defaults --user=root --datadir=/var/lib/mysql --socket=/tmp/socket --pid-file=/tmp/pid --init-file=/tmp/init.sql --skip-name-resolve`,
  redis: 'exec "$@" --protected-mode no',
  consul: `exec ${SERVERS}/consul-v1.20.6/consul "$@" -data-dir=/consul/data`,
  jaeger: `exec ${SERVERS}/jaeger-v1.62.0/all-in-one`,
  prometheus: 'exec prometheus "$@"',
  alertmanager:
    'exec prometheus-alertmanager --config.file=/etc/alertmanager/alertmanager.yml --storage.path=/tmp/alertmanager',
  nginx: `exec nginx -e stderr -g 'load_module /usr/lib/nginx/modules/ngx_stream_module.so; daemon off;'`,
};

/** The arguments of `podman run` that start this service of docker-compose.yml; `ports` of it are published on any free ones of the loopback interface. */
export function serviceArguments(
  name: string,
  service: ComposeService,
  {
    containers,
    network,
    image,
    ports = [],
  }: { containers: Containers; network: string; image: string; ports?: readonly number[] },
): string[] {
  const { environment = {}, volumes = [], tmpfs = [], cap_drop: dropped = [], security_opt: security = [] } = service;
  const common = [
    ...['--network', network],
    ...Object.entries(environment).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
    ...volumes.flatMap((volume) => ['--volume', mount(volume, containers)]),
    ...ports.flatMap((port) => ['--publish', `127.0.0.1::${port}`]),
    ...tmpfs.flatMap((path) => ['--tmpfs', path]),
    ...dropped.flatMap((capability) => ['--cap-drop', capability]),
    ...security.flatMap((option) => ['--security-opt', option.replace(':true', '')]),
    ...(service.read_only ? ['--read-only'] : []),
    ...(service.user ? ['--user', service.user] : []),
  ];
  const command = service.command ?? [];
  if (service.image === 'braid') {
    const [program, ...args] = service.entrypoint ?? [];
    return [...common, ...(program ? ['--entrypoint', program] : []), image, ...args, ...command];
  }
  const script = STAND_INS[name];
  if (script === undefined) throw new Error(`nothing stands in for ${name}`);
  const programs = ['--volume', '/usr:/usr:ro', '--volume', `${join(homedir(), '.cache/braid-tests')}:${SERVERS}:ro`];
  return [...common, ...programs, DEBIAN, 'sh', '-ec', script, 'sh', ...command];
}

/** The command of a health check that docker-compose.yml has itself. */
export function healthCommand({ healthcheck }: ComposeService): readonly string[] {
  const [kind, ...command] = healthcheck?.test ?? [];
  return kind === 'CMD-SHELL' ? ['sh', '-c', ...command] : command;
}

function mount({ type, source, target, read_only: isReadOnly }: ComposeVolume, containers: Containers): string {
  return `${type === 'bind' ? source : containers.of(source)}:${target}${isReadOnly ? ':ro' : ''}`;
}

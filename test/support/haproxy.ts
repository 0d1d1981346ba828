import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '@federated-media/stack/project';
import { vi } from 'vitest';

const PROGRAM = process.env['HAPROXY_PATH'] ?? '/usr/sbin/haproxy';

/** Why tests with HAProxy are skipped here; null if they run. */
export const noHaproxy = existsSync(PROGRAM)
  ? null
  : 'no HAProxy here: install it, or say where it is with HAPROXY_PATH';

/** A test waits for the checks, and runs on machines that are too busy to answer one in time. */
const CHECKS = [
  ['inter 1s', 'inter 200ms'],
  ['timeout check 3s', 'timeout check 30s'],
] as const;

/**
 * Ports on this machine that replace the documented endpoints: of listeners (`cms`, `stats`) and servers (`cms-1`), by
 * name.
 */
export type ProxyPorts = ReadonlyMap<string, number>;

/** HAProxy with the documented configuration. */
export async function openHaproxy(folder: string, ports: ProxyPorts) {
  const documented = await readFile(join(projectRoot, 'docs/haproxy.cfg'), 'utf8');
  const config = configWith(documented, ports);
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, config);
  const haproxy: ChildProcess = spawn(PROGRAM, ['-db', '-f', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const printed = text(haproxy.stderr!);
  const statsUrl = `http://127.0.0.1:${ports.get('stats')}/;csv`;

  /** `UP` or another status, by name of the server. */
  async function servers(): Promise<ReadonlyMap<string, string>> {
    const csv = await (await fetch(statsUrl)).text();
    const [head = '', ...lines] = csv.trim().split('\n');
    const columns = head.replace('# ', '').split(',');
    const rows = lines.map((line) => line.split(','));
    const cell = (row: readonly string[], column: string) => row[columns.indexOf(column)] ?? '';
    return new Map(rows.map((row) => [cell(row, 'svname'), cell(row, 'status')]));
  }

  return {
    /** Waits until `names` are in use. */
    async untilUp(names: readonly string[]): Promise<void> {
      const missing = async () => {
        const status = await servers().catch(() => new Map<string, string>());
        return names.filter((name) => status.get(name) !== 'UP');
      };
      await vi.waitUntil(async () => (await missing()).length === 0, {
        timeout: 60_000,
        interval: 50,
      });
    },
    async stop(): Promise<string> {
      if (haproxy.exitCode === null) {
        const ended = once(haproxy, 'exit');
        haproxy.kill('SIGTERM');
        await ended;
      }
      return printed;
    },
  };
}

function configWith(documented: string, ports: ProxyPorts): string {
  let config = documented;
  for (const [found, by] of CHECKS) config = replaced(config, found, by);
  for (const [name, port] of ports) {
    const [module = '', copy] = name.split(/-(?=\d$)/);
    if (!config.includes(`listen ${module}\n`)) config += sectionOf(module);
    const before = copy ? `server ${name} ` : `listen ${name}\n  bind `;
    config = replaced(config, new RegExp(`(?<=${before})\\S+`), `127.0.0.1:${port}`);
  }
  return config;
}

function replaced(text: string, found: string | RegExp, by: string): string {
  const changed = text.replace(found, by);
  if (changed === text) throw new Error(`docs/haproxy.cfg has no ${String(found)}.`);
  return changed;
}

/** For a subgraph that was added (`pnpm new:consumer`). */
const sectionOf = (name: string) => `
listen ${name}
  bind :0
  monitor-uri /health/ready
  monitor fail if { nbsrv(${name}) eq 0 }
  server ${name}-1 :0
  server ${name}-2 :0
`;

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '@federated-media/stack/project';
import { vi } from 'vitest';

const PROGRAM = process.env['NGINX_PATH'] ?? '/usr/sbin/nginx';

/** Why tests with nginx are skipped here; null if they run. */
export const noNginx = existsSync(PROGRAM)
  ? null
  : 'no nginx here: install it, or say where it is with NGINX_PATH';

/** nginx with the documented configuration, for the CMS at `cmsUrl`, with its objects in `objects`. */
export async function openNginx(
  folder: string,
  { cmsUrl, objects, port }: { cmsUrl: string; objects: string; port: number },
) {
  const documented = await readFile(join(projectRoot, 'docs/nginx.conf'), 'utf8');
  const file = join(folder, 'nginx.conf');
  await writeFile(
    file,
    [
      // The folder of a test belongs to the user of the test.
      ['user www-data;', process.getuid?.() === 0 ? 'user root;' : ''],
      ['/run/nginx.pid', join(folder, 'nginx.pid')],
      ['server 127.0.0.1:4001', `server ${new URL(cmsUrl).host}`],
      ['listen 80', `listen 127.0.0.1:${port}`],
      ['/var/media/objects/', `${objects}/`],
    ].reduce((config, [found = '', by = '']) => replaced(config, found, by), documented),
  );
  const options = ['-p', folder, '-c', file, '-e', 'stderr', '-g', 'daemon off;'];
  const nginx = spawn(PROGRAM, options, { stdio: ['ignore', 'ignore', 'pipe'] });
  const printed = text(nginx.stderr);
  const url = `http://127.0.0.1:${port}`;
  await vi.waitUntil(
    () =>
      fetch(url).then(
        () => true,
        () => nginx.exitCode !== null,
      ),
    {
      timeout: 60_000,
      interval: 50,
    },
  );
  if (nginx.exitCode !== null) throw new Error(await printed);
  return {
    url,
    async stop() {
      const ended = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await ended;
    },
  };
}

function replaced(config: string, found: string, by: string): string {
  if (!config.includes(found)) throw new Error(`docs/nginx.conf has no ${found}.`);
  return config.replace(found, by);
}

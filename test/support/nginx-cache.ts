import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '@federated-media/stack/project';
import { vi } from 'vitest';

const PROGRAM = '/usr/sbin/nginx';

/** Why tests with nginx are skipped here; null if they run. */
export const noNginx = existsSync(PROGRAM) ? null : 'no nginx here: install nginx-light';

/** nginx with deploy/nginx/media.conf, in front of the CMS at `cms` (host and port). */
export async function openNginx(folder: string, { port, cms }: { port: number; cms: string }) {
  const documented = await readFile(join(projectRoot, 'deploy/nginx/media.conf'), 'utf8');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const replacements = [
    ['listen 4080;', `listen 127.0.0.1:${port};`],
    ['server proxy:4001;', `server ${cms};`],
    ['/var/cache/nginx', join(folder, 'cache')],
    ['/run/nginx.pid', join(folder, 'nginx.pid')],
    ['http {', `http {\n${temporary.join('\n')}`],
  ] as const;
  let config = documented;
  for (const [found, by] of replacements) {
    if (!config.includes(found)) throw new Error(`deploy/nginx/media.conf has no "${found}".`);
    config = config.replace(found, by);
  }
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  await writeFile(file, config);
  const nginx = spawn(PROGRAM, ['-c', file, '-e', 'stderr', '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const printed = text(nginx.stderr);
  const url = `http://127.0.0.1:${port}`;
  await vi.waitUntil(() => nginx.exitCode !== null || isListening(url), { timeout: 30_000 });
  if (nginx.exitCode !== null) throw new Error(`nginx does not start:\n${await printed}`);
  return {
    url,
    cacheFolder: join(folder, 'cache'),
    async stop() {
      const ended = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await ended;
    },
  };
}

const isListening = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

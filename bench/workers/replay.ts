import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from '@federated-media/stack/ports';
import type { Recording } from './recorder.ts';

const PROGRAM = process.env['NGINX_PATH'] ?? '/usr/sbin/nginx';

/**
 * All subgraphs: nginx responds with recorded bytes. A server in JavaScript would use a quarter of the CPU time of the
 * gateway, on the same cores.
 */
export async function startReplay(folder: string, recording: Recording) {
  for (const [path, body] of Object.entries(recording)) {
    const file = join(folder, 'responses', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, body);
  }
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configOf(folder, port));
  const nginx = spawn(PROGRAM, ['-p', folder, '-c', file, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(nginx, 'exit');
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      nginx.kill('SIGTERM');
      await ended;
    },
  };
}

/** Files are for GET: the error that answers a POST is their content. */
const configOf = (folder: string, port: number) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  keepalive_requests 100000000;
  open_file_cache max=100;
  default_type "application/json; charset=utf-8";
  ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${folder}/responses;
    error_page 405 =200 $uri;
  }
}
`;

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { type Bytes, toBody } from './client.ts';

/** The bare server, in a separate process. */
export async function startFloor(folder: string, databaseUrl: string) {
  await mkdir(folder, { recursive: true });
  const script = fileURLToPath(new URL('floor-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, databaseUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const firstLine = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const pool = new Pool(`http://127.0.0.1:${String(firstLine.value)}`);
  return {
    pid: child.pid ?? 0,
    async put(bytes: Bytes) {
      const response = await pool.request({ method: 'PUT', path: '/', body: toBody(bytes) });
      const text = await response.body.text();
      if (response.statusCode !== 200) throw new Error(`The floor failed: ${text}`);
    },
    async stop() {
      await pool.close();
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
export type Floor = Awaited<ReturnType<typeof startFloor>>;

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'vite';

/**
 * Serves a page for each path, which runs a file of `other-origin/`, on a separate port: another origin than the
 * gateway's. The same pages at `127.0.0.1` and below `*.localhost` are of further origins.
 */
export async function servePage(
  files: Readonly<Record<string, string>> = { '/': 'page.ts' },
): Promise<{ url: string; port: number; close(): void }> {
  const scriptOf = new Map<string, string>();
  for (const [path, file] of Object.entries(files)) scriptOf.set(`${path}.js`, await bundle(file));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const script = scriptOf.get(pathname);
    const html = `<!doctype html><script type="module" src="${pathname}.js"></script>`;
    response
      .writeHead(script !== undefined || pathname in files ? 200 : 404, {
        'content-type': script === undefined ? 'text/html' : 'text/javascript',
      })
      .end(script ?? html);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bundle(file: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    // React then reports mistakes on the console, and StrictMode mounts each component twice.
    define: { 'process.env.NODE_ENV': '"development"' },
    build: {
      write: false,
      rollupOptions: {
        input: join(import.meta.dirname, '../other-origin', file),
        output: { codeSplitting: false },
      },
    },
  });
  const [output] = [built].flat();
  if (!output || !('output' in output)) throw new Error('Vite built nothing.');
  return output.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n');
}

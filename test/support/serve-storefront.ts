import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@federated-media/stack/project';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { preview } from 'vite';

const root = join(projectRoot, 'examples/storefront');

/** Builds the example shop for a gateway, as its `build` does, and serves it on a free port. */
export async function serveStorefront(settings: { graphUrl: string; token: string }) {
  const outDir = await temporaryFolder();
  await promisify(execFile)(
    join(root, 'node_modules/.bin/vite'),
    ['build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'],
    {
      cwd: root,
      env: {
        ...process.env,
        // Vitest sets it to `test`.
        NODE_ENV: 'production',
        VITE_GRAPH_URL: settings.graphUrl,
        VITE_GRAPH_TOKEN: settings.token,
      },
    },
  );
  const server = await preview({
    root,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const [url = ''] = server.resolvedUrls?.local ?? [];
  return {
    url,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true });
    },
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '@federated-media/stack/project';
import type { TestStack } from './stack.ts';

/** `pnpm catalog reconcile`, without pnpm. */
export async function reconcileCatalog(
  stack: TestStack,
  ...args: string[]
): Promise<{ code: number | null; printed: string }> {
  const script = join(projectRoot, 'scripts/consumer.ts');
  const child = spawn(process.execPath, [script, 'catalog', 'reconcile', ...args], {
    cwd: projectRoot,
    env: {
      ...process.env,
      DATA_DIR: stack.dataDir,
      CATALOG_DATABASE_URL: stack.postgres.url('catalog'),
      CMS_URL: stack.urls['cms'],
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code: child.exitCode, printed };
}

import { createLogger } from '@federated-media/subgraph-kit/logger';
import { loadDemo } from './demo/load-demo.ts';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { Stack } from './stack.ts';
import type { Environment } from './stack/plan.ts';

interface DemoOptions {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/** With these settings or in production, the demo store is not loaded. */
const tokenSettings = ['AUTH_JWKS_URL', 'AUTH_JWT_SECRET'];

/**
 * Fills the demo store if it is empty, and returns the URL of an image in it, if there is one. Errors are only
 * logged, unless `signal` is aborted.
 */
export async function openDemoStore(
  { gatewayUrl, urls }: Stack,
  { env, signal, report }: DemoOptions,
): Promise<string | null> {
  const isWanted =
    env['NODE_ENV'] !== 'production' && !tokenSettings.some((setting) => env[setting]);
  if (!isWanted || !('cms' in urls && 'catalog' in urls)) return null;
  report('loading the demo store');
  const logger = createLogger({ name: 'demo', level: env['LOG_LEVEL'] ?? 'info' });
  try {
    const { exampleImageUrl } = await loadDemo({
      gatewayUrl,
      subgraphs: Object.keys(urls),
      logger,
    });
    return exampleImageUrl;
  } catch (error) {
    if (!signal.aborted) logger.warn(`The demo store could not be loaded: ${messageOf(error)}`);
    return null;
  }
}

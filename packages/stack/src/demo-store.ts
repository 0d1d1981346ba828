import { createLogger } from '@federated-media/subgraph-kit/logger';
import { loadDemo } from './demo/load-demo.ts';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { Stack } from './stack.ts';
import type { Environment } from './stack/plan.ts';

/** Whoever brings tokens or runs in production has a store of their own. */
const tokenSettings = ['AUTH_JWKS_URL', 'AUTH_JWT_SECRET'];

/**
 * Fills the demo store when it is empty and answers with the address of a picture in it, if there is one.
 * What goes wrong is said and no reason not to run, and not said once `signal` is aborted.
 */
export async function openDemoStore(
  { gatewayUrl, urls }: Stack,
  { env, signal }: { env: Environment; signal: AbortSignal },
): Promise<string | null> {
  const isWanted =
    env['NODE_ENV'] !== 'production' && !tokenSettings.some((setting) => env[setting]);
  if (!isWanted || !('cms' in urls && 'catalog' in urls)) return null;
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

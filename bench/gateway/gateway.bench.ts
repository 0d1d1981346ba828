import { join } from 'node:path';
import { withStack } from '../stack.ts';
import { type GatewayKind, startGateway } from './gateway-process.ts';
import { benchHostileClients } from './hostile-clients.ts';
import { benchManyUploads } from './many-uploads.ts';
import { benchProductPage } from './product-page.ts';

/** Measures the costs and limits of the gateway, on a separate stack. */
export const run = () =>
  withStack({ env: { LOG_LEVEL: 'error' } }, async (stack, { dataDir }) => {
    const supergraphPath = join(dataDir, 'supergraph.graphql');
    // Executors and data sources are compared, not caches.
    const env = { ENTITY_CACHE_BYTES: '0' };
    const start = (kind: GatewayKind) =>
      startGateway(kind, { stack, dataDir, supergraphPath, env });
    await benchProductPage(stack, start);
    await benchHostileClients(start);
    await benchManyUploads(start);
  });

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { type GatewayKind, startGateway } from './gateway-process.ts';
import { benchHostileClients } from './hostile-clients.ts';
import { benchManyUploads } from './many-uploads.ts';
import { benchProductPage } from './product-page.ts';

/** Measures the costs and limits of the gateway, on a separate stack. */
export async function run() {
  const folder = await temporaryFolder();
  const dataDir = join(folder, 'data');
  const stack = await startStack({
    dataDir,
    ports: 'free',
    output: 'collect',
    generate: true,
    env: { LOG_LEVEL: 'error' },
  });
  const supergraphPath = join(dataDir, 'supergraph.graphql');
  const start = (kind: GatewayKind) => startGateway(kind, { stack, dataDir, supergraphPath });
  try {
    await benchProductPage(stack, start);
    await benchHostileClients(start);
    await benchManyUploads(start);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

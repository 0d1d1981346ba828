import type { Stack } from '@federated-media/stack/stack';
import { mintClientToken } from '@federated-media/stack/client-token';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { Pool } from 'undici';
import { z } from 'zod';

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.unknown()).optional(),
});

/** Sends one document; returns its data. Errors are thrown. */
export type Ask = (query: string, variables?: object) => Promise<Record<string, unknown>>;

function sender(pool: Pool, token: () => Promise<string>): Ask {
  return async (query, variables = {}) => {
    const { body } = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = Answer.parse(await body.json());
    if (!data || errors) throw new Error(JSON.stringify(errors).slice(0, 300));
    return data;
  };
}

/** Clients of the gateway and of the CMS, for each store. */
export function createClients(
  stack: Stack,
  {
    env,
    dataDir,
    secret,
  }: { env: Readonly<Record<string, string>>; dataDir: string; secret: string },
) {
  const options = { connections: 4, headersTimeout: 120_000, bodyTimeout: 120_000 };
  const gateway = new Pool(stack.gatewayUrl, options);
  const cms = new Pool(stack.urls['cms'] ?? '', options);
  return {
    /** An editor, at the gateway. */
    async editor(storeId: string): Promise<Ask> {
      const identity = { subject: 'bench', scope: 'media:read', lifeSeconds: 6 * 3600, storeId };
      const token = await mintClientToken(identity, { env, dataDir });
      return sender(gateway, async () => token);
    },
    /** A subgraph that uses files, at the CMS. */
    consumer(storeId: string, issuer: string): Ask {
      const minter = createTokenMinter({ secrets: [secret], issuer });
      const claims = { audience: 'cms', subject: 'bench', storeId, scope: 'media:usage' };
      return sender(cms, () => minter.mint(claims));
    },
    close: () => Promise.all([gateway.close(), cms.close()]),
  };
}
export type Clients = ReturnType<typeof createClients>;

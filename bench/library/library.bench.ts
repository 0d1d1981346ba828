import { mintClientToken } from '@federated-media/stack/client-token';
import pg from 'pg';
import { Pool } from 'undici';
import { processes } from '../settings.ts';
import { withStack } from '../stack.ts';
import { printTable, verdict } from '../table.ts';
import { type LibraryClient, type PageWanted, libraryClient } from './client.ts';
import { benchCosts } from './costs.ts';
import { medianMs } from './measure.ts';
import { seedLibrary } from './seed.ts';

const SMALL = { storeId: 'small', count: 2_000 };
const LARGE = { storeId: 'large', count: 200_000 };
const SEARCH = { search: 'lighthouse jpg' };
const MAX_FIRST_MS = 25;
const MAX_SEARCH_MS = 50;
const MAX_DEEPER = 1.2;
const MAX_LARGER = 2;
const SECRET = 'the secret that signs the URLs of this bench';

const env = { LOG_LEVEL: 'error', URL_SIGNING_SECRET: SECRET };

/** Measures a page of 50 files through the gateway in a small and in a large store, compared with the SQL alone,
 * then what they cost compared with a bare server. */
export const run = () =>
  withStack({ env, processes }, async (stack, { dataDir }) => {
    const database = new pg.Pool({ connectionString: stack.postgres.url('cms') });
    const gateway = new Pool(stack.gatewayUrl);
    const clients: LibraryClient[] = [];
    for (const store of [SMALL, LARGE]) {
      await seedLibrary(database, store);
      const identity = { subject: 'bench', scope: 'media:read', lifeSeconds: 3600 };
      const token = await mintClientToken(
        { ...identity, storeId: store.storeId },
        { env, dataDir },
      );
      clients.push(libraryClient(gateway, token));
    }
    await database.query('VACUUM ANALYZE media_files');
    await database.query('VACUUM ANALYZE media_texts');
    const [small, large] = await Promise.all(clients.map(pagesOf));
    if (!small || !large) throw new Error('Two stores are expected.');

    // Compile all code before the measurement of either store.
    for (const pages of [small, large]) {
      for (const ask of Object.values(pages)) await medianMs(ask);
    }

    const rows: string[][] = [];
    const results = new Map<string, number>();
    for (const name of ['first', 'search', 'deepest'] as const) {
      const atSmall = await medianMs(small[name]);
      const atLarge = await medianMs(large[name]);
      results.set(name, atLarge);
      const limit = limitOf(name, results.get('first') ?? 0);
      rows.push([
        name,
        ms(atSmall),
        ms(atLarge),
        `at most ${ms(limit)}: ${verdict(atLarge <= limit)}`,
        `at most ${MAX_LARGER} x: ${verdict(atLarge <= MAX_LARGER * atSmall)}`,
      ]);
    }
    const { totalCount } = await large.search();
    printTable(`A page of 50, p50; ${totalCount} files match the search`, [
      ['page', `${SMALL.count} files`, `${LARGE.count} files`, 'limit', 'grown'],
      ...rows,
    ]);
    printTable('For comparison: the newest 50 rows of the large store', [
      ['SELECT through pg', ms(await medianMs(() => database.query(FLOOR, [LARGE.storeId])))],
    ]);
    const [, client] = clients;
    if (client) await benchCosts(stack, { client, storeId: LARGE.storeId, secret: SECRET });
    await Promise.all([database.end(), gateway.close()]);
  });

const FLOOR = `
  SELECT * FROM media_files WHERE store_id = $1 AND trashed_at IS NULL
  ORDER BY created_at DESC, id DESC LIMIT 50`;

/** The deepest page is read forward from the end of the page before it. */
async function pagesOf(client: LibraryClient) {
  const { pageInfo } = await client.page({ last: 51 });
  const pages = {
    first: { first: 50 },
    search: { first: 50, filter: SEARCH, count: true },
    deepest: { first: 50, after: pageInfo.startCursor },
  } satisfies Record<string, PageWanted>;
  return {
    first: () => client.page(pages.first),
    search: () => client.page(pages.search),
    deepest: () => client.page(pages.deepest),
  };
}

function limitOf(name: 'first' | 'search' | 'deepest', firstMs: number): number {
  if (name === 'search') return MAX_SEARCH_MS;
  return name === 'first' ? MAX_FIRST_MS : firstMs * MAX_DEEPER;
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

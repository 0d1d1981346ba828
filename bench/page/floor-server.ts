/**
 * The floor of a product page: one process, two SQL joins, the same signatures, the same bytes. No GraphQL, no
 * identity, no limits, no second hop.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import pg from 'pg';
import { z } from 'zod';
import { listenForParent, sendJson } from '../child-server.ts';

const Settings = z.object({
  databases: z.object({ catalog: z.string(), cms: z.string() }),
  secret: z.string(),
  example: z.string(),
});
const Page = z.object({ first: z.number(), fields: z.string() });
const Example = z.object({
  data: z.object({
    products: z.object({
      nodes: z.array(
        z.object({
          mediaAssociations: z.array(
            z.object({
              media: z.object({ id: z.string(), url: z.string(), srcSet: z.string().optional() }),
            }),
          ),
        }),
      ),
    }),
  }),
});

const PRODUCTS = {
  name: 'products',
  text: `
  SELECT p.id, p.sku, p.name, json_agg(json_build_array(m.id, m.usage_type, m.display_order, m.media_id)
    ORDER BY m.usage_type, m.display_order) AS media
  FROM products p JOIN product_media m ON m.product_id = p.id
  WHERE p.store_id = 'demo'
  GROUP BY p.id ORDER BY p.created_at DESC, p.id DESC LIMIT $1`,
};
const FILES = {
  name: 'files',
  text: `
  SELECT id, alt_text AS "altText", mime_type AS "mimeType", width, height
  FROM media_files WHERE store_id = 'demo' AND id = ANY($1::uuid[])`,
};

interface ProductRow {
  id: string;
  sku: string;
  name: string;
  media: [id: string, usageType: string, displayOrder: number, mediaId: string][];
}
interface FileRow {
  id: string;
  altText: string | null;
  mimeType: string;
  width: number;
  height: number;
}

process.once('message', (message) => {
  serve(Settings.parse(message));
});

function serve({ databases, secret, example }: z.output<typeof Settings>) {
  const catalog = new pg.Pool({ connectionString: databases.catalog, max: 10 });
  const cms = new pg.Pool({ connectionString: databases.cms, max: 10 });
  const key = createSecretKey(deriveKey(secret, 'media-url'));
  const unsigned = urlsIn(example);

  /** A URL of which everything before the signature is known. */
  const sign = ({ origin, path }: Unsigned) =>
    `${origin}${path}signature=${createHmac('sha256', key).update(path).digest('base64url')}`;

  async function page(request: IncomingMessage): Promise<string> {
    const { first, fields } = Page.parse(JSON.parse(await text(request)));
    const { rows: products } = await catalog.query<ProductRow>({ ...PRODUCTS, values: [first] });
    const ids = products.flatMap(({ media }) => media.map(([, , , mediaId]) => mediaId));
    const { rows } = await cms.query<FileRow>({ ...FILES, values: [ids] });
    const files = new Map(rows.map((file) => [file.id, file]));
    const mediaOf = (id: string) => {
      const file = files.get(id);
      const urls = unsigned.get(id);
      if (!file || !urls) throw new Error(`No file ${id}.`);
      const { altText, mimeType, width, height } = file;
      const url = sign(urls.url);
      if (fields === 'url') return { id, altText, url, mimeType, width, height };
      const srcSet = urls.srcSet
        .map(([candidate, size]) => `${sign(candidate)} ${size}`)
        .join(', ');
      return { id, altText, url, srcSet, mimeType, width, height };
    };
    const nodes = products.map(({ id, sku, name, media }) => ({
      id,
      sku,
      name,
      mediaAssociations: media.map(([use, usageType, displayOrder, mediaId]) => ({
        id: use,
        usageType,
        displayOrder,
        media: mediaOf(mediaId),
      })),
    }));
    return `${JSON.stringify({ data: { products: { nodes } } })}\n`;
  }

  listenForParent(sendJson(page));
}

interface Unsigned {
  readonly origin: string;
  readonly path: string;
}
interface FileUrls {
  readonly url: Unsigned;
  readonly srcSet: readonly (readonly [Unsigned, string])[];
}

function urlsIn(example: string): Map<string, FileUrls> {
  const { nodes } = Example.parse(JSON.parse(example)).data.products;
  const media = nodes.flatMap((product) => product.mediaAssociations.map((use) => use.media));
  return new Map(
    media.map(({ id, url, srcSet = '' }) => [
      id,
      { url: withoutSignature(url), srcSet: srcSet ? srcSet.split(', ').map(candidateOf) : [] },
    ]),
  );
}

function candidateOf(candidate: string): [Unsigned, string] {
  const [url = '', size = ''] = candidate.split(' ');
  return [withoutSignature(url), size];
}

function withoutSignature(url: string): Unsigned {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: `${pathname}${search.replace(/signature=.*$/, '')}` };
}

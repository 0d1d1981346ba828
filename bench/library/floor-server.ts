/**
 * The floor of the library: one process, one named statement for a page and its count, the same signatures and
 * cursors, the same bytes. No GraphQL, no identity, no limits, no second hop.
 */
import { createHash, createHmac, createSecretKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { deriveKey } from '@federated-media/subgraph-kit/secrets';
import pg from 'pg';
import { z } from 'zod';
import { listenForParent, sendJson } from '../child-server.ts';

const Settings = z.object({
  database: z.string(),
  secret: z.string(),
  storeId: z.string(),
  /** The origin of all URLs. */
  origin: z.string(),
});
const Wanted = z.object({ first: z.number(), words: z.array(z.string()) });

const COLUMNS = `
  id, original_filename AS "originalFilename", media_type AS "mediaType", mime_type AS "mimeType",
  file_size AS "fileSize", width, height, alt_text AS "altText", folder, tags, usage_count AS "usageCount",
  created_at AS "createdAt", content_number AS "contentNumber", filename`;

interface Row {
  total: number | null;
  id: string;
  originalFilename: string;
  mediaType: string;
  mimeType: string;
  fileSize: string;
  width: number;
  height: number;
  altText: string | null;
  folder: string;
  tags: string[];
  usageCount: number;
  createdAt: Date;
  contentNumber: number;
  filename: string;
}

process.once('message', (message) => {
  serve(Settings.parse(message));
});

function serve({ database, secret, storeId, origin }: z.output<typeof Settings>) {
  const pool = new pg.Pool({ connectionString: database, max: 10 });
  const key = createSecretKey(deriveKey(secret, 'media-url'));

  const urlOf = ({ id, contentNumber, filename }: Row) => {
    const path = `/media/${storeId}/${id}/${contentNumber}/${filename}?`;
    return `${origin}${path}signature=${createHmac('sha256', key).update(path).digest('base64url')}`;
  };

  async function page(request: IncomingMessage): Promise<string> {
    const { first, words } = Wanted.parse(JSON.parse(await text(request)));
    const patterns = words.map((word) => `%${word}%`);
    const found = words.map((_word, index) => ` AND search_text LIKE $${index + 2}`).join('');
    const counted = words.length > 0 ? 'count(*) OVER ()::int' : 'NULL';
    const { rows } = await pool.query<Row>({
      name: `page-${words.length}`,
      text: `
        SELECT page.total, ${COLUMNS}
        FROM (
          SELECT id, ${counted} AS total FROM media_files
          WHERE store_id = $1 AND trashed_at IS NULL${found}
          ORDER BY created_at DESC, id DESC LIMIT $${words.length + 2}
        ) page JOIN media_files f USING (id)
        ORDER BY created_at DESC, id DESC`,
      values: [storeId, ...patterns, first + 1],
    });
    const files = rows.slice(0, first);
    const nodes = files.map((file) => ({
      id: file.id,
      originalFilename: file.originalFilename,
      mediaType: file.mediaType,
      mimeType: file.mimeType,
      fileSize: Number(file.fileSize),
      width: file.width,
      height: file.height,
      altText: file.altText,
      folder: file.folder,
      tags: file.tags,
      usageCount: file.usageCount,
      url: urlOf(file),
      createdAt: file.createdAt,
    }));
    const pageInfo = {
      hasNextPage: rows.length > first,
      hasPreviousPage: false,
      startCursor: cursorOf(files.at(0)),
      endCursor: cursorOf(files.at(-1)),
    };
    const total = words.length > 0 && { totalCount: rows[0]?.total ?? 0 };
    return answerOf({ nodes, pageInfo, ...total });
  }

  listenForParent(sendJson(page));
}

const answerOf = (mediaLibrary: object) => `${JSON.stringify({ data: { mediaLibrary } })}\n`;

function cursorOf(file: Row | undefined): string | null {
  if (!file) return null;
  const parts = ['CREATED_AT', 'DESC', file.createdAt.toISOString(), file.id];
  const checksum = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  return Buffer.from(JSON.stringify([...parts, checksum.slice(0, 12)])).toString('base64url');
}

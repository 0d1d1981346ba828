import { createOwnerRepository } from '@federated-media/media-consumer/associations/repository';
import type { ConsumerParts } from '@federated-media/media-consumer/subgraph';
import { orValueInUse } from '@federated-media/media-consumer/value-in-use';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { PostMedia } from '../post-media/post-media.ts';
import type { Post, PostFields } from './post.ts';

export const tables = {
  owners: 'posts',
  columns: ['title', 'slug', 'body'],
  associations: 'post_media',
  ownerId: 'post_id',
  usageColumns: [
    { property: 'role', column: 'role', type: 'post_media_role' },
    { property: 'altText', column: 'alt_text', type: 'text' },
  ],
  label: 'title',
  role: 'role',
  sorted: 'role, display_order',
  numberedWithin: 'role',
} as const;

const INSERT = `
  INSERT INTO posts (store_id, slug, id, title, body) VALUES ($1, $2, $3, $4, $5)
  RETURNING created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Searches for the next number of a slug run one after the other. */
const QUEUE = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))';
/** One candidate more than there are posts with such a slug: so one of them is free. */
const FREE_SLUG = `
  SELECT c.slug
  FROM generate_series(1, 1 + (
    SELECT count(*) FROM posts WHERE store_id = $1 AND (slug = $2 OR slug LIKE $2 || '-%')
  )) AS number
  CROSS JOIN LATERAL (SELECT $2 || CASE number WHEN 1 THEN '' ELSE '-' || number END AS slug) AS c
  WHERE NOT EXISTS (SELECT FROM posts WHERE store_id = $1 AND posts.slug = c.slug)
  ORDER BY number LIMIT 1`;

export interface NewPost extends PostFields {
  readonly id: string;
  readonly storeId: string;
}

/** Posts with their usages of files. Every method sees one store only. */
export function createPostRepository({
  pool,
  client,
}: Pick<ConsumerParts<PrismaClient>, 'pool' | 'client'>) {
  const owners = createOwnerRepository<PostMedia, Post>({ pool, tables });

  return {
    ...owners,

    async findBySlug(storeId: string, slug: string): Promise<Post | null> {
      const filter = { conditions: ['slug = $2'], values: [slug] };
      return (await owners.findWhere(storeId, filter)).at(0) ?? null;
    },

    /** @throws ValueInUseError */
    insert: (post: NewPost): Promise<Post> => orValueInUse(insert(pool, post)),

    /** With the first free slug: the given one, or the given one with a number. */
    insertNumbered: (post: NewPost): Promise<Post> =>
      inTransaction(
        pool,
        async (connection) => {
          const { storeId, slug } = post;
          await connection.query(QUEUE, [`${storeId}/${slug}`]);
          const { rows } = await connection.query<{ slug: string }>(FREE_SLUG, [storeId, slug]);
          return insert(connection, { ...post, slug: rows[0]?.slug ?? slug });
        },
        { retryTaken: true },
      ),

    /** False when the post does not exist. @throws ValueInUseError */
    async update(
      { storeId, id }: { storeId: string; id: string },
      fields: Partial<PostFields>,
    ): Promise<boolean> {
      const statement = client.post.updateMany({ where: { id, storeId }, data: fields });
      return (await orValueInUse(statement)).count > 0;
    },

    /** With its usages of files. False when the post does not exist. */
    async delete(storeId: string, id: string): Promise<boolean> {
      return (await client.post.deleteMany({ where: { id, storeId } })).count > 0;
    },
  };
}
export type PostRepository = ReturnType<typeof createPostRepository>;

async function insert(on: pg.Pool | pg.PoolClient, post: NewPost): Promise<Post> {
  const { storeId, slug, id, title, body } = post;
  const { rows } = await on.query<Pick<Post, 'createdAt' | 'updatedAt'>>(INSERT, [
    storeId,
    slug,
    id,
    title,
    body,
  ]);
  const [inserted] = rows;
  if (!inserted) throw new Error('The insert returned no row.');
  return { ...post, ...inserted, usagesRevision: 0, usages: [] };
}

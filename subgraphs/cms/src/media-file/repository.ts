import type pg from 'pg';
import type { Deliverable } from '../delivery/headers.ts';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import type { DetailsChange } from './details.ts';
import { type FileRow, fileColumns, textsColumn, toMediaFile } from './file-row.ts';
import type { MediaContentRecord, MediaFileRecord } from './media-file.ts';

/** Named, so that each connection plans it once: it answers every reference from elsewhere. */
const FILES_BY_ID = {
  name: 'files-by-id',
  text: `
  SELECT ${fileColumns}, ${textsColumn}
  FROM media_files f
  WHERE f.store_id = $1 AND f.id = ANY($2::uuid[])`,
};

const CONTENTS_BY_FILE = `
  SELECT c.media_id AS "mediaId", c.number, c.checksum, c.mime_type AS "mimeType",
    c.file_size AS "fileSize", c.width, c.height, c.created_at AS "createdAt"
  FROM media_contents c
  WHERE c.store_id = $1 AND c.media_id = ANY($2::uuid[])
  ORDER BY c.media_id, c.number DESC`;

const DELIVERABLE = `
  SELECT c.file_path AS "storageKey", c.mime_type AS "mimeType", c.file_size AS "byteSize", c.checksum,
    f.original_filename AS "originalFilename", f.visibility = 'PRIVATE' AS "isPrivate"
  FROM media_contents c JOIN media_files f ON f.id = c.media_id
  WHERE c.store_id = $1 AND c.media_id = $2 AND c.number = $3
    AND f.store_id = $1 AND f.trashed_at IS NULL`;

// Sizes are bigint, which pg hands over as text.
type ContentRow = Omit<MediaContentRecord, 'fileSize'> & { readonly fileSize: string };
type DeliverableRow = Omit<Deliverable, 'byteSize'> & { readonly byteSize: string };

export interface FileChange extends DetailsChange {
  readonly id: string;
  readonly storeId: string;
  /** Only if it is still this version. */
  readonly version?: number;
  readonly originalFilename?: string;
}

/** Files and their contents in the database. Every method sees one store only; ids must be UUIDs. */
export function createMediaFileRepository({
  pool,
  prisma,
}: {
  pool: pg.Pool;
  prisma: PrismaClient;
}) {
  return {
    async findFiles(storeId: string, ids: readonly string[]): Promise<MediaFileRecord[]> {
      const { rows } = await pool.query<FileRow>({ ...FILES_BY_ID, values: [storeId, ids] });
      return rows.map(toMediaFile);
    },

    /** Newest first within a file. */
    async findContents(storeId: string, ids: readonly string[]): Promise<MediaContentRecord[]> {
      const { rows } = await pool.query<ContentRow>(CONTENTS_BY_FILE, [storeId, ids]);
      return rows.map((row) => ({ ...row, fileSize: Number(row.fileSize) }));
    },

    /** Null when the file is unknown or in the trash, or never had such a content. */
    async findDeliverable(ref: {
      storeId: string;
      mediaId: string;
      contentNumber: number;
    }): Promise<Deliverable | null> {
      const { rows } = await pool.query<DeliverableRow>(DELIVERABLE, [
        ref.storeId,
        ref.mediaId,
        ref.contentNumber,
      ]);
      const [row] = rows;
      return row ? { ...row, byteSize: Number(row.byteSize) } : null;
    },

    /** All at once, or nothing: `unknown` without such a file, `stale` when its version is another. */
    update: (change: FileChange) =>
      prisma.$transaction(async (tx): Promise<MediaFileRecord | 'unknown' | 'stale'> => {
        const { id, storeId, version, texts, focalPoint, ...columns } = change;
        const { count } = await tx.mediaFile.updateMany({
          where: { id, storeId, ...(version !== undefined && { version }) },
          data: {
            ...columns,
            ...(focalPoint !== undefined && {
              focalX: focalPoint?.x ?? null,
              focalY: focalPoint?.y ?? null,
            }),
            version: { increment: 1 },
          },
        });
        if (count === 0) {
          return (await tx.mediaFile.count({ where: { id, storeId } })) > 0 ? 'stale' : 'unknown';
        }
        await writeTexts(tx, { id, storeId, texts });
        const file = await tx.mediaFile.findFirstOrThrow({
          where: { id, storeId },
          omit: { filePath: true, thumbHash: true },
          include: { texts: { select: { locale: true, text: true }, orderBy: { locale: 'asc' } } },
        });
        return toMediaFile(file);
      }),
  };
}

async function writeTexts(
  tx: Prisma.TransactionClient,
  { id, storeId, texts }: { id: string; storeId: string; texts: FileChange['texts'] | undefined },
) {
  if (texts === undefined) return;
  const named = texts && [...texts];
  await tx.mediaText.deleteMany({
    where: { mediaId: id, ...(named && { locale: { in: named.map(([locale]) => locale) } }) },
  });
  const written = named?.flatMap(([locale, text]) =>
    text === null ? [] : [{ mediaId: id, storeId, locale, text }],
  );
  if (written?.length) await tx.mediaText.createMany({ data: written });
}
export type MediaFileRepository = ReturnType<typeof createMediaFileRepository>;

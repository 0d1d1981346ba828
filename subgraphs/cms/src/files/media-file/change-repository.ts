import { newId } from '@federated-media/subgraph-kit/ids';
import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';
import type { AuditAction } from '../audit/audit-entry.ts';
import type { MediaUserError } from '../../generated/graphql.ts';
import {
  type Decision,
  type FieldChange,
  differences,
  textChanges,
  withChanges,
} from './change.ts';
import {
  type FileRow,
  assignmentsOf,
  copyOfContent,
  definitionsOf,
  fileColumns,
  namesOf,
  textsColumn,
  toMediaFile,
} from '../../model/file-row.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import { changeableColumns, contentColumns } from '../../model/media-file-columns.ts';

/** Locks in the order of ids, so that two changes of the same files never deadlock. */
const LOCK = `
  SELECT f.id FROM media_files f
  WHERE f.store_id = $1 AND f.id = ANY($2::uuid[])
  ORDER BY f.id FOR NO KEY UPDATE`;

/** Separate from LOCK: a statement that waited for a lock sees the texts as they were before it waited. */
const READ_LOCKED = `
  SELECT ${fileColumns}, ${textsColumn}, date_trunc('milliseconds', statement_timestamp()) AS at
  FROM media_files f
  WHERE f.store_id = $1 AND f.id = ANY($2::uuid[])`;

const WRITE = `
  WITH entry AS (
    INSERT INTO audit_entries (id, store_id, media_id, actor, action, at, changes)
    SELECT entry.id, $1, entry."mediaId", $2, $3, $4, entry.changes
    FROM json_to_recordset($6::json) AS entry (id uuid, "mediaId" uuid, changes jsonb)
  ), removed AS (
    DELETE FROM media_texts t USING json_to_recordset($7::json) AS gone ("mediaId" uuid, locale text)
    WHERE t.store_id = $1 AND t.media_id = gone."mediaId" AND t.locale = gone.locale
  ), written AS (
    INSERT INTO media_texts (media_id, store_id, locale, text)
    SELECT given."mediaId", $1, given.locale, given.text
    FROM json_to_recordset($8::json) AS given ("mediaId" uuid, locale text, text text)
    ON CONFLICT (media_id, locale) DO UPDATE SET text = excluded.text
  )
  UPDATE media_files f SET
    ${assignmentsOf(changeableColumns, 'given')}, ${copyOfContent},
    version = f.version + 1, updated_at = $4
  FROM json_to_recordset($5::json) AS given (
    id uuid, "contentNumber" integer, ${definitionsOf(changeableColumns)}
  ) JOIN (
    SELECT media_id, number, store_id, ${namesOf(contentColumns)} FROM media_contents
    UNION ALL
    -- A file without verified bytes has no content: it keeps what was declared.
    SELECT id, content_number, store_id, ${namesOf(contentColumns)} FROM media_files WHERE status <> 'READY'
  ) c ON c.media_id = given.id AND c.number = given."contentNumber"
  WHERE f.store_id = $1 AND c.store_id = $1 AND f.id = given.id
  RETURNING ${fileColumns}`;

export interface Change {
  readonly storeId: string;
  readonly ids: readonly string[];
  /** The subject of the caller's token. */
  readonly actor: string;
  readonly action: AuditAction;
  /** Called once per file, while the file is locked. */
  readonly decide: (file: MediaFileRecord, at: Date) => Decision;
}

export type ChangeResult =
  | { readonly file: MediaFileRecord }
  | { readonly refused: MediaUserError };

interface Step {
  readonly before: MediaFileRecord;
  readonly after: MediaFileRecord;
  readonly changes: readonly FieldChange[];
}

export function createChangeRepository({ pool }: { pool: pg.Pool }) {
  return {
    /**
     * Every change of existing files: locks, decides, writes and logs in one transaction of five statements,
     * for any number of files. Returns the results by id, without unknown ids. A decision that changes
     * nothing writes nothing.
     */
    change: ({ storeId, ids, actor, action, decide }: Change) =>
      inTransaction(pool, async (client): Promise<Map<string, ChangeResult>> => {
        await client.query(LOCK, [storeId, ids]);
        const { rows } = await client.query<FileRow & { at: Date }>(READ_LOCKED, [storeId, ids]);
        const outcomes = new Map<string, ChangeResult>();
        const steps: Step[] = [];
        for (const { at, ...row } of rows) {
          const before = toMediaFile(row);
          const decision = decide(before, at);
          if ('refused' in decision) {
            outcomes.set(before.id, decision);
            continue;
          }
          const after = withChanges(before, decision);
          const changes = differences(before, after);
          if (changes.length > 0) steps.push({ before, after, changes });
          outcomes.set(before.id, { file: before });
        }
        const [first] = rows;
        if (first && steps.length > 0) {
          const { at } = first;
          const files = await write(client, steps, { storeId, actor, action, at });
          for (const file of files) outcomes.set(file.id, { file });
        }
        return outcomes;
      }),
  };
}
export type ChangeRepository = ReturnType<typeof createChangeRepository>;

async function write(
  client: pg.PoolClient,
  steps: readonly Step[],
  { storeId, actor, action, at }: { storeId: string; actor: string; action: string; at: Date },
): Promise<MediaFileRecord[]> {
  const texts = steps.flatMap(({ before, after }) => {
    const { written, removed } = textChanges(before.texts, after.texts);
    return [{ mediaId: after.id, written, removed }];
  });
  const { rows } = await client.query<Omit<FileRow, 'texts'>>(WRITE, [
    storeId,
    actor,
    action,
    at,
    JSON.stringify(steps.map(({ after }) => after)),
    JSON.stringify(
      steps.map(({ after, changes }) => ({ id: newId(), mediaId: after.id, changes })),
    ),
    JSON.stringify(
      texts.flatMap(({ mediaId, removed }) => removed.map((text) => ({ mediaId, ...text }))),
    ),
    JSON.stringify(
      texts.flatMap(({ mediaId, written }) => written.map((text) => ({ mediaId, ...text }))),
    ),
  ]);
  if (rows.length !== steps.length)
    throw new Error('A file was not updated: its current content is missing.');
  const textsById = new Map(steps.map(({ after }) => [after.id, after.texts]));
  return rows.map((row) => toMediaFile({ ...row, texts: textsById.get(row.id) ?? [] }));
}

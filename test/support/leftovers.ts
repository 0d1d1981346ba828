import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import type { TestStack } from './stack.ts';

const TABLES = ['stores', 'media_files', 'media_contents', 'media_texts', 'uploads'] as const;

/**
 * What an upload can leave behind: rows of its store, its file and its reservation, objects, staged
 * bytes. A stored file keeps its row of `uploads`, so all of them count.
 */
export function watchLeftovers(stack: TestStack) {
  const pool = new pg.Pool({ connectionString: stack.postgres.url('cms'), max: 1 });
  const folder = join(stack.dataDir, 'media');
  const columns = TABLES.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);

  async function count() {
    const { rows } = await pool.query<Record<(typeof TABLES)[number], number>>(
      `SELECT ${columns.join()}`,
    );
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return { ...rows[0]!, objects: entries.filter((entry) => entry.isFile()).length };
  }

  return {
    count,
    /** Waits up to five seconds until everything equals `before` again. */
    async expectSameAs(before: Awaited<ReturnType<typeof count>>) {
      await expect.poll(count, { timeout: 5_000, interval: 50 }).toEqual(before);
    },
    close: () => pool.end(),
  };
}

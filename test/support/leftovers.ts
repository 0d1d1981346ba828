import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import type { TestStack } from './stack.ts';

/** What an upload can leave behind: rows of files and reservations, objects, staged bytes. */
export function watchLeftovers(stack: TestStack) {
  const pool = new pg.Pool({ connectionString: stack.postgres.url('cms'), max: 1 });
  const folder = join(stack.dataDir, 'media');

  async function count() {
    const { rows } = await pool.query<{ files: number; reserved: number }>(
      `SELECT (SELECT count(*)::int FROM media_files) AS files,
              (SELECT count(*)::int FROM uploads WHERE state <> 'DONE') AS reserved`,
    );
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return { ...rows[0], objects: entries.filter((entry) => entry.isFile()).length };
  }

  return {
    count,
    /** Waits, bounded by the test's own time, until everything is as `before` again. */
    async expectSameAs(before: Awaited<ReturnType<typeof count>>) {
      await expect.poll(count, { timeout: 20_000, interval: 50 }).toEqual(before);
    },
    close: () => pool.end(),
  };
}

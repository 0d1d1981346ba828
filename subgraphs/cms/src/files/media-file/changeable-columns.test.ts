import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Columns, changeableColumns } from '../../model/media-file-columns.ts';
import { type RunningCms, runCms } from './testing/running-cms.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

/** By type: a value that a new file does not have. */
const newValues: Readonly<Record<string, unknown>> = {
  text: 'changed',
  'text[]': ['changed'],
  boolean: true,
  float8: 0.25,
  timestamptz: new Date('2026-01-02T03:04:05.678Z'),
  media_visibility: 'PRIVATE',
};

const columns: Columns = changeableColumns;
/** Columns by their field in the schema. A focal point has two. */
const fields = Map.groupBy(Object.entries(columns), ([name, { auditedAs }]) => auditedAs ?? name);

test.each([...fields])('a change of %s is stored, logged and returned', async (field, parts) => {
  const { id } = await cms.store.addFile('ours');
  const values = parts.map(([, { type }]) => newValues[type]);
  const decision = Object.fromEntries(parts.map(([name], index) => [name, values[index]]));
  const outcomes = await cms.store.changes.change({
    storeId: 'ours',
    ids: [id],
    actor: 'someone',
    action: 'updated',
    decide: () => decision,
  });

  const names = parts.map(([, { column }]) => column).join(', ');
  const stored = await cms.store.pool.query({
    text: `SELECT ${names} FROM media_files WHERE id = $1`,
    values: [id],
    rowMode: 'array',
  });
  expect(stored.rows).toEqual([values]);
  const [file] = await cms.store.files.findFiles('ours', [id]);
  expect(outcomes.get(id)).toEqual({ file });

  const selection = parts.length > 1 ? '{ x y }' : '';
  const { data, errors } = await cms.graphql(
    `query ($id: ID!) { mediaFile(id: $id) {
      value: ${field} ${selection}
      auditLog(first: 1) { nodes { changes { field after } } }
    } }`,
    { id },
  );
  expect(errors).toBeUndefined();
  const { value, auditLog } = data!['mediaFile'];
  const returned = parts.length > 1 ? Object.values(value) : [value];
  expect(returned).toEqual(JSON.parse(JSON.stringify(values)));
  const after = typeof value === 'string' ? value : JSON.stringify(value);
  expect(auditLog.nodes).toEqual([{ changes: [{ field, after }] }]);
});

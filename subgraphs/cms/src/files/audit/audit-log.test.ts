import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../media-file/testing/running-cms.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

const upload = async () => (await cms.upload(await drawJpeg())).mediaFile.id;
const move = (id: string, folder: string) =>
  cms.graphql(
    `mutation ($id: ID!, $folder: String!) {
      updateMedia(input: { id: $id, details: { folder: $folder } }) {
        mediaFile { auditLog(first: 1) { nodes { changes { after } } } }
      }
    }`,
    { id, folder },
  );
const read = async (id: string, page: object) => {
  const answer = await cms.graphql(
    `query ($id: ID!, $first: Int, $after: String) { mediaFile(id: $id) {
      auditLog(first: $first, after: $after) {
        edges { cursor node { actor action changes { field before after } } }
        pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    } }`,
    { id, ...page },
  );
  return { ...answer, log: answer.data?.['mediaFile']?.auditLog };
};

test('the log is paged newest first, and new entries move no cursor', async () => {
  const id = await upload();
  for (const folder of ['a', 'b', 'c']) await move(id, folder);
  const { log } = await read(id, { first: 2 });
  expect(log.edges.map(({ node }: { node: object }) => node)).toEqual([
    {
      actor: 'someone',
      action: 'updated',
      changes: [{ field: 'folder', before: 'b', after: 'c' }],
    },
    {
      actor: 'someone',
      action: 'updated',
      changes: [{ field: 'folder', before: 'a', after: 'b' }],
    },
  ]);
  expect(log.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  await move(id, 'd');
  const { log: next } = await read(id, { first: 1, after: log.pageInfo.endCursor });
  expect(next.edges[0].node.changes).toEqual([{ field: 'folder', before: 'general', after: 'a' }]);
});

test('each change in a request returns the log that it has written', async () => {
  const id = await upload();
  const change = (
    folder: string,
  ) => `updateMedia(input: { id: "${id}", details: { folder: "${folder}" } }) {
    mediaFile { auditLog(first: 1) { nodes { changes { after } } } }
  }`;
  const { data } = await cms.graphql(`mutation { one: ${change('x')} other: ${change('y')} }`);
  const last = (alias: string) => data![alias].mediaFile.auditLog.nodes[0].changes;
  expect([last('one'), last('other')]).toEqual([[{ after: 'x' }], [{ after: 'y' }]]);
});

test('reads the logs of a list of files in one statement', async () => {
  for (let count = 0; count < 3; count += 1) await move(await upload(), 'listed');
  cms.store.statements.length = 0;
  const { data } = await cms.graphql(
    '{ mediaLibrary { nodes { auditLog(first: 5) { nodes { id } } } } }',
  );
  expect(data!['mediaLibrary'].nodes.length).toBeGreaterThanOrEqual(3);
  expect(cms.store.statements).toHaveLength(2);
});

test('needs a separate scope, and rejects invalid sizes and cursors', async () => {
  const id = await upload();
  const query = `{ mediaFile(id: "${id}") { id auditLog { nodes { id } } } }`;
  const { errors } = await cms.graphql(query, {}, { scope: 'media:read media:write' });
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  for (const page of [{ first: 0 }, { first: 101 }, { after: 'nonsense' }]) {
    const answer = await read(id, page);
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  }
});

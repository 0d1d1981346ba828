import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../media-file/testing/running-cms.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

test('a page of the library is one statement, and its count is a second one', async () => {
  const storeId = 'library';
  const uploaded: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    uploaded.unshift((await cms.upload(await drawJpeg(), { storeId })).mediaFile.id);
  }
  const page = (fields: string, variables: object) =>
    cms.graphql(
      `query ($first: Int, $after: String) { mediaLibrary(first: $first, after: $after) { ${fields} } }`,
      variables,
      { storeId },
    );
  cms.store.statements.length = 0;
  const first = await page(
    'nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor }',
    { first: 2 },
  );
  expect(cms.store.statements).toHaveLength(1);
  const { nodes, edges, pageInfo } = first.data!.mediaLibrary;
  expect(nodes.map(({ id }: { id: string }) => id)).toEqual(uploaded.slice(0, 2));
  expect(pageInfo).toEqual({ hasNextPage: true, endCursor: edges[1].cursor });

  cms.store.statements.length = 0;
  const second = await page('nodes { id } totalCount', { after: pageInfo.endCursor });
  expect(second.data!.mediaLibrary).toEqual({ nodes: [{ id: uploaded[2] }], totalCount: 3 });
  expect(cms.store.statements).toHaveLength(2);

  for (const variables of [{ first: 0 }, { first: 101 }, { after: 'x' }]) {
    const { errors } = await page('totalCount', variables);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  }
});

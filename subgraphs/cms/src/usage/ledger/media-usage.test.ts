import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';

const CLAIM = `mutation ($input: [MediaUsageClaimInput!]!) {
  claimMediaUsages(input: $input) { mediaFiles { id mediaType usageCount } userErrors { code field } }
}`;
const shop = { issuer: 'shop', scope: 'media:read media:usage' };

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

const claimOf = (mediaId: string, usageId: string) => ({
  mediaId,
  usageId,
  entityType: 'Page',
  entityId: usageId,
  claimVersion: 1,
});

test('a subgraph claims with its own token; the gateway can’t, whatever scope its token has', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const input = [claimOf(mediaFile.id, 'a')];
  const operations = [
    [CLAIM, { input }],
    ['mutation { releaseMediaUsages(input: []) { released } }', {}],
    ['{ mediaChanges { cursor } }', {}],
    ['{ mediaUsageClaims { cursor } }', {}],
  ] as const;
  for (const [operation, variables] of operations) {
    for (const call of [
      { scope: 'media:usage' },
      { scope: '*' },
      { ...shop, scope: 'media:read' },
    ]) {
      const { errors } = await cms.graphql(operation, variables, call);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    }
    expect((await cms.graphql(operation, variables, shop)).errors).toBeUndefined();
  }
  const { data } = await cms.graphql(CLAIM, { input }, shop);
  expect(data!.claimMediaUsages).toEqual({
    mediaFiles: [{ id: mediaFile.id, mediaType: 'IMAGE', usageCount: 1 }],
    userErrors: [],
  });
});

test('reads a page of usages of many files in one statement', async () => {
  const files = [await cms.upload(await drawJpeg()), await cms.upload(await drawJpeg())];
  const ids = files.map(({ mediaFile }) => mediaFile.id);
  const input = ids.flatMap((id) => ['1', '2', '3'].map((use) => claimOf(id, `${id} ${use}`)));
  await cms.graphql(CLAIM, { input }, shop);
  cms.store.statements.length = 0;
  const { data } = await cms.graphql(
    `query ($refs: [_Any!]!) { _entities(representations: $refs) { ... on MediaFile {
      usages(first: 2) { totalCount nodes { consumer entityType role } pageInfo { hasNextPage endCursor } }
    } } }`,
    { refs: ids.map((id) => ({ __typename: 'MediaFile', id })) },
  );
  expect(cms.store.statements).toHaveLength(2);
  for (const { usages } of data!._entities) {
    expect(usages).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(usages.nodes[1]).toEqual({ consumer: 'shop', entityType: 'Page', role: null });
  }
  const { endCursor } = data!._entities[0].usages.pageInfo;
  const rest = await cms.graphql(
    `query ($id: ID!, $after: String) { mediaFile(id: $id) {
      usages(after: $after) { nodes { entityId } pageInfo { hasNextPage } }
    } }`,
    { id: ids[0], after: endCursor },
  );
  expect(rest.data!.mediaFile.usages.nodes).toHaveLength(1);
  const wrong = await cms.graphql(
    'query ($id: ID!) { mediaFile(id: $id) { usages(after: "x") { totalCount } } }',
    { id: ids[0] },
  );
  expect(wrong.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('clients of the graph see who uses a file, but not how it is claimed', () => {
  const supergraph = readFileSync(
    new URL('../../../../../gateway/supergraph.graphql', import.meta.url),
    'utf8',
  );
  for (const field of [
    'claimMediaUsages',
    'releaseMediaUsages',
    'mediaChanges',
    'mediaUsageClaims',
  ]) {
    const [definition = ''] = new RegExp(`^  ${field}\\([^]*?\\): .*$`, 'm').exec(supergraph) ?? [];
    expect(definition).toContain('@inaccessible');
  }
});

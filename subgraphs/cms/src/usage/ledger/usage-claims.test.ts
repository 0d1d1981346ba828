import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';

const CLAIM = `mutation ($input: [MediaUsageClaimInput!]!) {
  claimMediaUsages(input: $input) { userErrors { code } }
}`;
const RELEASE = `mutation ($input: [MediaUsageReleaseInput!]!) {
  releaseMediaUsages(input: $input) { userErrors { code } }
}`;
const CLAIMS = `query ($after: String, $first: Int) {
  mediaUsageClaims(after: $after, first: $first) {
    claims { usageId storeId mediaId claimVersion active label url mediaVersion trashed }
    cursor
  }
}`;

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

const tokenOf = (issuer: string, storeId: string) => ({
  issuer,
  storeId,
  scope: 'media:read media:write media:usage',
});

async function claimIn(storeId: string, issuer: string, usageIds: readonly string[]) {
  const { mediaFile } = await cms.upload(await drawJpeg(), { storeId });
  const input = usageIds.map((usageId) => ({
    mediaId: mediaFile.id,
    usageId,
    entityType: 'Page',
    entityId: usageId,
    label: `Page: ${usageId}`,
    url: `https://admin.example/${usageId}`,
    claimVersion: 4,
  }));
  await cms.graphql(CLAIM, { input }, tokenOf(issuer, storeId));
  return mediaFile;
}

async function claimsOf(issuer: string, variables: object = {}) {
  const { data, errors } = await cms.graphql(CLAIMS, variables, tokenOf(issuer, 'any'));
  return { page: data?.mediaUsageClaims, errors };
}

test('a consumer reads only its own claims, of every store, page by page', async () => {
  const usageIds = Array.from({ length: 5 }, (_none, index) => `use-${index}`);
  const [one, two] = [
    await claimIn('pages-1', 'pages', usageIds),
    await claimIn('pages-2', 'pages', usageIds),
  ];
  await claimIn('pages-1', 'notes', ['theirs']);
  const read: string[] = [];
  let after: string | null = null;
  do {
    const { page } = await claimsOf('pages', { first: 3, after });
    read.push(
      ...page.claims.map(
        (claim: { storeId: string; usageId: string }) => `${claim.storeId} ${claim.usageId}`,
      ),
    );
    after = page.cursor;
  } while (after);
  expect(read).toEqual(
    ['pages-1', 'pages-2'].flatMap((store) => usageIds.map((id) => `${store} ${id}`)),
  );
  const { page } = await claimsOf('pages', { first: 1 });
  expect(page.claims).toEqual([
    {
      usageId: 'use-0',
      storeId: 'pages-1',
      mediaId: one.id,
      claimVersion: 4,
      active: true,
      label: 'Page: use-0',
      url: 'https://admin.example/use-0',
      mediaVersion: 1,
      trashed: false,
    },
  ]);
  expect(two.id).not.toBe(one.id);
});

test('marks released usages and trashed files', async () => {
  const { id } = await claimIn('letters', 'letters', ['kept', 'released']);
  const input = [{ mediaId: id, usageId: 'released', claimVersion: 5 }];
  await cms.graphql(RELEASE, { input }, tokenOf('letters', 'letters'));
  await cms.store.pool.query(
    'UPDATE media_files SET trashed_at = now(), version = 2 WHERE id = $1',
    [id],
  );
  const { page } = await claimsOf('letters');
  expect(page.claims).toMatchObject([
    { usageId: 'kept', claimVersion: 4, active: true, mediaVersion: 2, trashed: true },
    { usageId: 'released', claimVersion: 5, active: false, trashed: true },
  ]);
});

test('returns an empty page without a cursor when there are no claims', async () => {
  expect((await claimsOf('nobody')).page).toEqual({ claims: [], cursor: null });
});

test.each([{ first: 0 }, { first: 501 }, { after: 'x' }, { after: '' }])(
  'rejects %o as bad input',
  async (variables) => {
    const { errors } = await claimsOf('pages', variables);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  },
);

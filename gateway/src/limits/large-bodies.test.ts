import { afterEach, expect, test } from 'vitest';
import { closeAll, openPlatform } from '../testing/platform.ts';

afterEach(closeAll);

const QUERY = 'query ($id: ID!) { picture(id: $id) { id } }';
const bodyOf = (length: number) =>
  JSON.stringify({ query: QUERY, variables: { id: 'x'.repeat(length) } });

async function post(url: string, body: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { status: response.status, text: await response.text() };
}

test('processes a large body like any other', async () => {
  const { url } = await openPlatform({ maxBodyBytes: 1_000_000 });
  const { status, text } = await post(url, bodyOf(70_000));
  expect(status).toBe(200);
  expect(text.length).toBeGreaterThan(70_000);
});

test('rejects some of many large bodies and processes the others one at a time', async () => {
  const { url } = await openPlatform({ maxBodyBytes: 1_000_000 });
  const answers = await Promise.all(Array.from({ length: 100 }, () => post(url, bodyOf(70_000))));
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.text).toContain('OVERLOADED');
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(64);
  expect((await post(url, bodyOf(10))).status).toBe(200);
});

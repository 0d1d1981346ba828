import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, closeAll, logLines, openPlatform } from '../testing/platform.ts';

let url = '';
beforeAll(async () => {
  ({ url } = await openPlatform({ maxBodyBytes: 1_000_000 }));
});
afterAll(closeAll);

const keys = Object.fromEntries(Array.from({ length: 4_000 }, (_none, index) => [`a${index}`, 1]));
const long = 'x'.repeat(900_000);

test.each([
  ['our executor', 'query ($id: ID!) { picture(id: $id) { name } }'],
  ['ApolloGateway’s', 'query ($id: ID!) { __schema { types { name } } picture(id: $id) { name } }'],
])('checks variables before %s', async (_whose, query) => {
  for (const [id, found] of [
    [keys, 'an object'],
    [[keys, long], 'a list'],
  ] as const) {
    const { status, text, data, errors } = await ask(url, query, { variables: { id } });
    expect([status, data]).toEqual([400, undefined]);
    expect(errors).toMatchObject([
      {
        message: `Variable "$id" got invalid value; Expected type "ID", found ${found}.`,
        extensions: { code: 'BAD_USER_INPUT', requestId: expect.any(String) },
      },
    ]);
    expect(text.length).toBeLessThan(1_000);
  }
  expect(logLines().filter(({ msg }) => msg === 'subgraph request')).toEqual([]);
});

test('a client that accepts only application/json receives status 200', async () => {
  const headers = { accept: 'application/json' };
  const query = 'query ($id: ID!) { picture(id: $id) { name } }';
  const { status } = await ask(url, query, { headers, variables: { id: keys } });
  expect(status).toBe(200);
});

test('a long valid value is sent to the subgraph once and is not logged', async () => {
  const query = `query ($id: ID!) { ${Array.from({ length: 40 }, (_none, i) => `a${i}: picture(id: $id) { id }`).join(' ')} }`;
  const { status } = await ask(url, query, { variables: { id: long } });
  expect(status).toBeLessThan(500);
  expect(JSON.stringify(logLines())).not.toContain('xxxxxxxx');
});

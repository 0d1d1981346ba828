import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { type Endpoint, openEndpoint } from './support/endpoint.ts';
import { openGraph } from './support/graph.ts';
import { HOSTILE, hostileBody } from './support/hostile-json.ts';
import { type ProbedGateway, openProbedGateway } from './support/probed-gateway.ts';
import { openSharedStack } from './support/shared-stack.ts';

const MAX_MS = 1_500;
const MAX_BLOCKED_MS = 150;
const MAX_ERROR_BYTES = 64_000;
const MAX_GROWTH_BYTES = 50e6;
/** Other processes use the CPU too: only a body that fails in each attempt is a failure. */
const ATTEMPTS = 8;
const PAUSE_MS = 250;
const { seed: SEED, isThorough } = inject('random');
const BODIES = isThorough ? 500 : 30;
const SIZES = isThorough ? [9_000, 90_000, 950_000] : [90_000, 950_000];

let headers: Readonly<Record<string, string>>;
let endpoint: Endpoint;
let gateway: ProbedGateway;
let bytesBefore = 0;

beforeAll(async () => {
  const stack = await openSharedStack();
  ({ headers } = await openGraph(stack, 'hostile-json'));
  endpoint = await openEndpoint(stack, 'gateway');
  gateway = await openProbedGateway(stack);
  for (const body of Object.values(attacks)) await send(body);
  bytesBefore = (await gateway.probe('memory')).bytes;
});
afterAll(() => gateway.close());

const Body = z.object({ errors: z.array(z.unknown()).default([]) });

async function send(body: string) {
  await gateway.probe('reset');
  const started = performance.now();
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    },
    body,
  });
  const text = await response.text();
  const ms = performance.now() - started;
  const { blockedMs } = await gateway.probe('read');
  const { errors } = Body.parse(JSON.parse(text));
  const errorBytes = Buffer.byteLength(JSON.stringify(errors));
  const repeats = /(.)\1{80}/.test(text);
  return { status: response.status, ms, blockedMs, errorBytes, repeats };
}

/** The limits that the response to `body` exceeds, in the best of several attempts. */
async function faultsOf(body: string): Promise<string[]> {
  let faults: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { status, ms, blockedMs, errorBytes, repeats } = await send(body);
    faults = [
      ...(status >= 500 ? [`status ${status}`] : []),
      ...(ms > MAX_MS ? [`took ${ms} ms`] : []),
      ...(blockedMs > MAX_BLOCKED_MS ? [`blocked for ${blockedMs} ms`] : []),
      ...(repeats ? ['repeats a long text'] : []),
      ...(errorBytes > MAX_ERROR_BYTES ? [`${errorBytes} bytes of errors`] : []),
    ];
    if (faults.length === 0) break;
    await setTimeout(PAUSE_MS * attempt);
  }
  return faults;
}

const FILTER =
  'query ($f: MediaLibraryFilter) { mediaLibrary(first: 1, filter: $f) { totalCount } }';
const fifty = (field: string) =>
  Array.from({ length: 50 }, (_none, index) => `a${index}: ${field}`).join(' ');
const FIFTY = `query ($f: MediaLibraryFilter) { ${fifty('mediaLibrary(filter: $f) { totalCount }')} }`;
const filtered = (filter: string, query = FILTER) =>
  `{"query":${JSON.stringify(query)},"variables":{"f":${filter}}}`;
const many = (count: number, of: (index: number) => string) =>
  Array.from({ length: count }, (_none, index) => of(index)).join();
const attacks = {
  '16,000 unknown keys': filtered(`{${many(16_000, (i) => `"unknown${i}":1`)}}`),
  '2,000 unknown keys': filtered(`{${many(2_000, (i) => `"unknown${i}":1`)}}`),
  '59,000 unknown keys': filtered(`{${many(59_000, (i) => `"unknown${i}":1`)}}`),
  '100,000 wrong enum values': filtered(`{"mediaType":[${many(100_000, () => '"NO"')}]}`),
  '9,000 wrong enum values': filtered(`{"mediaType":[${many(9_000, () => '"NO"')}]}`),
  '40 unknown keys and a text of 900 kB': filtered(
    `{${many(40, (i) => `"unknown${i}":1`)},"search":"${'x'.repeat(900_000)}"}`,
  ),
  '4,500 unknown keys of 200 characters': filtered(
    `{${many(4_500, (i) => `"${i}${'k'.repeat(200)}":1`)}}`,
  ),
  '9,000 objects with different keys': filtered(
    `{"search":[${many(4_500, (i) => `{"unknown${i}":1}`)}]}`,
  ),
  'an enum value of 950 kB': filtered(`{"mediaType":["${'x'.repeat(950_000)}"]}`),
  'ten enum values of 95 kB': filtered(
    `{"mediaType":[${many(10, () => `"${'x'.repeat(95_000)}"`)}]}`,
  ),
  'a text of 950 kB for a number': filtered(`{"fileSize":{"min":"${'1'.repeat(950_000)}"}}`),
  'a text of 950 kB for a time': filtered(
    `{"createdAt":{"from":"2026-01-01T00:00:00.${'0'.repeat(950_000)}Z"}}`,
  ),
  'a text of 990 kB': filtered(`{"search":"${'x y '.repeat(247_500)}"}`),
  'a text of 900 kB in 50 fields': filtered(`{"search":"${'😀 '.repeat(180_000)}"}`, FIFTY),
  '9,000 tags in 50 fields': filtered(`{"tags":[${many(9_000, (i) => `"é${i}"`)}]}`, FIFTY),
  '9,000 types in 50 fields': filtered(`{"mimeType":[${many(9_000, (i) => `"a/${i}"`)}]}`, FIFTY),
  'a folder of 900 kB in 50 fields': filtered(`{"folderTree":"${'a/'.repeat(450_000)}"}`, FIFTY),
  'a checksum of 900 kB in 50 fields': filtered(`{"checksum":"${'a'.repeat(900_000)}"}`, FIFTY),
  'a cursor of 900 kB in 50 fields': filtered(
    `"${Buffer.from(`[${'[],'.repeat(220_000)}""]`).toString('base64url')}"`,
    `query ($f: String) { ${fifty('products(after: $f) { totalCount }')} }`,
  ),
  '9,000 ids': filtered(
    `[${many(9_000, (i) => `"${i}"`)}]`,
    'mutation ($f: [ID!]!) { updateMediaFiles(input: { ids: $f }) { userErrors { code } } }',
  ),
  'a document of 950 kB': `{"query":"{ product(id: \\"${'x'.repeat(950_000)}\\") { id } }"}`,
  'a text of 90 kB in a document': `{"query":"{ product(id: 1.5, sku: [\\"${'x'.repeat(90_000)}\\"]) { id } }"}`,
  'an operation name of 900 kB': `{"query":"{ __typename }","operationName":"${'x'.repeat(900_000)}"}`,
  'a body of half a megabyte of lists': '['.repeat(500_000) + ']'.repeat(500_000),
  'parameters that nobody knows': `{"query":"{ __typename }","a":[${many(200_000, () => '{}')}]}`,
};

test.each(Object.entries(attacks))('%s: a response within the limits', async (_what, body) => {
  expect(body.length).toBeLessThanOrEqual(1_000_000);
  expect(await faultsOf(body)).toEqual([]);
});

test.each(Object.entries(HOSTILE))(
  'a filter of %s: a response within the limits',
  async (_what, make) => {
    for (const bytes of SIZES) {
      expect(await faultsOf(filtered(make(bytes))), `${bytes} bytes`).toEqual([]);
      expect(await faultsOf(make(bytes)), `${bytes} bytes alone`).toEqual([]);
      const inside = filtered(`{"search":${make(bytes)},"mediaType":${make(10)}}`);
      expect(await faultsOf(inside), `${bytes} bytes inside`).toEqual([]);
    }
  },
);

test(`bodies generated from the input types: a response within the limits (TEST_SEED=${SEED})`, async () => {
  const failures: string[] = [];
  for (let seed = SEED; seed < SEED + BODIES; seed += 1) {
    const { title, text } = hostileBody(endpoint.schema, seed);
    const faults = await faultsOf(text);
    if (faults.length > 0) failures.push(`seed ${seed}, ${title}: ${faults.join(', ')}`);
  }
  expect(failures).toEqual([]);
});

test('memory returns to its previous size', async () => {
  await expect
    .poll(async () => (await gateway.probe('memory')).bytes - bytesBefore)
    .toBeLessThan(MAX_GROWTH_BYTES);
});

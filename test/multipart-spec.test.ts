import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type SharedStack, openSharedStack } from './support/shared-stack.ts';

/** https://github.com/jaydenseric/graphql-multipart-request-spec, version 2, case by case. */
const SERVERS = ['gateway', 'cms'] as const;
type ServerName = (typeof SERVERS)[number];

const ONE =
  'mutation ($file: Upload!) { uploadMedia(input: { file: $file }) { mediaFile { originalFilename } userErrors { code } } }';
const MANY = `mutation ($files: [UploadMediaInput!]!) {
  uploadMediaFiles(input: $files) { mediaFile { originalFilename } userErrors { code } }
}`;
const one = { query: ONE, variables: { file: null } };
const many = { query: MANY, variables: { files: [{ file: null }, { file: null }] } };

const STORE = 'multipart-spec';

let stack: SharedStack;
let headers: Record<ServerName, Record<string, string>>;

beforeAll(async () => {
  stack = await openSharedStack();
  const client = await openGraph(stack, STORE);
  headers = { gateway: client.headers, cms: await asGateway(stack.dataDir) };
});

async function asGateway(dataDir: string) {
  const secrets = await resolveSecret({ name: 'INTERNAL_SECRET', dataDir, production: false });
  const minter = createTokenMinter({ secrets, issuer: 'gateway' });
  const token = await minter.mint({
    audience: 'cms',
    subject: 'tester',
    storeId: STORE,
    scope: 'media:read media:write',
  });
  return { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' };
}

/** Parts in the given order: text for a field, bytes for a file. */
type Part = [name: string, value: string | object | Buffer, filename?: string];

async function send(to: ServerName, parts: Part[], extra: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value, filename = 'a.jpg'] of parts) {
    if (Buffer.isBuffer(value)) form.append(name, new File([new Uint8Array(value)], filename));
    else form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const url = to === 'gateway' ? stack.gatewayUrl : stack.urls['cms'];
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers[to], ...extra },
    body: form,
  });
  return { status: response.status, ...Answer.parse(await response.json()) };
}

const Payload = z.object({
  mediaFile: z.object({ originalFilename: z.string() }).nullable(),
  userErrors: z.array(z.object({ code: z.string() })),
});
const Answer = z.object({
  data: z
    .object({ uploadMedia: Payload.optional(), uploadMediaFiles: z.array(Payload).optional() })
    .nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

const stored = (originalFilename: string) => ({
  mediaFile: { originalFilename },
  userErrors: [],
});

let hue = 0;
/** Different each time, because the same bytes would return the existing file. */
const picture = () => plainJpeg((hue = (hue + 11) % 360));

test.each(SERVERS)('%s: a single file', async (to) => {
  const { data, status } = await send(to, [
    ['operations', one],
    ['map', { 0: ['variables.file'] }],
    ['0', await picture()],
  ]);
  expect([status, data]).toEqual([200, { uploadMedia: stored('a.jpg') }]);
});

test.each(SERVERS)('%s: a list of files in any order', async (to) => {
  const map = { 0: ['variables.files.0.file'], 1: ['variables.files.1.file'] };
  const first: Part = ['0', await picture(), 'first.jpg'];
  const second: Part = ['1', await picture(), 'second.jpg'];
  for (const files of [
    [first, second],
    [second, first],
  ]) {
    const { data, errors } = await send(to, [['operations', many], ['map', map], ...files]);
    expect(errors).toBeUndefined();
    expect(data?.uploadMediaFiles?.map(({ userErrors }) => userErrors)).toEqual([[], []]);
  }
});

test.each(SERVERS)('%s: the fields of files have any name', async (to) => {
  const { data } = await send(to, [
    ['operations', one],
    ['map', { 'the-file.1_a': ['variables.file'] }],
    ['the-file.1_a', await picture(), 'named.jpg'],
  ]);
  expect(data).toEqual({ uploadMedia: stored('named.jpg') });
});

test.each(SERVERS)('%s: a file name that browsers escape arrives as it was', async (to) => {
  // `fetch` escapes as browsers do: %22, and %0D%0A for a line break, which no stored name has.
  const upload = async (filename: string) => {
    const { data } = await send(to, [
      ['operations', one],
      ['map', { 0: ['variables.file'] }],
      ['0', await picture(), filename],
    ]);
    return data?.uploadMedia;
  };
  expect(await upload('a"b".jpg')).toEqual(stored('a"b".jpg'));
  expect(await upload('two\nlines 100%.jpg')).toEqual(stored('twolines 100%.jpg'));
  expect(await upload('%2522.jpg')).toEqual(stored('%2522.jpg'));
});

test.each(SERVERS)('%s: an operation without files', async (to) => {
  const operations = { query: '{ __typename }' };
  const { status, errors } = await send(to, [
    ['operations', operations],
    ['map', {}],
  ]);
  expect([status, errors]).toEqual([200, undefined]);
});

const OPERATIONS: Part = ['operations', one];
const MAP: Part = ['map', { 0: ['variables.file'] }];
const FILE: Part = ['0', Buffer.from('never looked at')];
const SECOND: Part = ['1', Buffer.from('nor this')];

const REFUSED: [what: string, parts: Part[]][] = [
  ['map before operations', [MAP, OPERATIONS, FILE]],
  ['a file before map', [OPERATIONS, FILE, MAP]],
  ['no operations', [MAP, FILE]],
  ['no map', [OPERATIONS, FILE]],
  ['operations twice', [OPERATIONS, OPERATIONS, MAP, FILE]],
  ['map twice', [OPERATIONS, ['map', {}], MAP, FILE]],
  ['a file that map does not name', [OPERATIONS, MAP, FILE, SECOND]],
  ['a file that is not sent', [OPERATIONS, MAP]],
  ['a text where a file belongs', [OPERATIONS, MAP, ['0', 'text']]],
  [
    'a path to a value that is there',
    [['operations', { ...one, variables: { file: 'x' } }], MAP, FILE],
  ],
  // The specification allows these two; here every file is streamed, once, for one operation.
  [
    'a batch',
    [
      ['operations', [one, one]],
      ['map', { 0: ['0.variables.file'], 1: ['1.variables.file'] }],
      FILE,
      SECOND,
    ],
  ],
  [
    'one file in two places',
    [
      ['operations', many],
      ['map', { 0: ['variables.files.0.file', 'variables.files.1.file'] }],
      FILE,
    ],
  ],
];
for (const it of ['{', '"text"', 'null', '1', '']) {
  REFUSED.push([`operations of ${it}`, [['operations', it], MAP, FILE]]);
}
for (const it of ['{', '[]', 'null', '"text"', '{"0":"variables.file"}', '{"0":[]}', '{"0":[1]}']) {
  REFUSED.push([`map of ${it}`, [OPERATIONS, ['map', it], FILE]]);
}

test.each(SERVERS.flatMap((to) => REFUSED.map((refused) => [to, ...refused] as const)))(
  '%s: rejects %s with a message for the client',
  async (to, _what, parts) => {
    const { status, errors, data } = await send(to, parts);
    expect([status, data]).toEqual([400, undefined]);
    expect(errors?.[0]?.message).toMatch(/^.{10,200}$/);
    expect(errors?.[0]?.message).not.toContain('Internal error');
  },
);

test.each(SERVERS)('%s: reads nothing without the preflight header', async (to) => {
  const parts: Part[] = [
    ['operations', one],
    ['map', { 0: ['variables.file'] }],
    ['0', await picture()],
  ];
  const { status, errors } = await send(to, parts, { 'apollo-require-preflight': '' });
  expect(status).toBe(400);
  expect(errors?.[0]?.message).toContain('apollo-require-preflight');
});

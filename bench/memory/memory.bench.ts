import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, startStack } from '@federated-media/stack/stack';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { Pool } from 'undici';
import { MOST_PRODUCTS, fillCatalog } from '../page/catalog.ts';
import { type ProcessMemory, memoryOf } from '../processes.ts';
import { processes } from '../settings.ts';
import { megabytes, printTable, verdict } from '../table.ts';
import { uploadThroughGraph } from '../upload/client.ts';
import { jpegOfNoise, withComment } from '../upload/files.ts';

const SETTLE_MS = 20_000;
const LOAD_MS = Number(process.env['BENCH_LOAD_SECONDS'] ?? 120) * 1000;
const AT_ONCE = 16;
const MAX_IDLE_BYTES = 450e6;
const MAX_LOADED_BYTES = 900e6;
const PAGE = `{ products(first: ${MOST_PRODUCTS}) { nodes { id name mediaAssociations { id media { id url srcSet placeholder } } } } mediaLibrary(first: 24) { nodes { id url(transform: { width: 320 }) } totalCount } }`;
const RENDITIONS =
  'query($width: Int!) { mediaLibrary(first: 24) { nodes { id url(transform: { width: $width }) } } }';
const SEARCH =
  'query($text: String!) { mediaLibrary(first: 50, filter: { search: $text }) { nodes { id originalFilename } totalCount } }';
const EDIT =
  'mutation($id: ID!, $title: String!) { updateMedia(input: { id: $id, details: { title: $title } }) { userErrors { code } } }';

/** Memory of every process but PostgreSQL: after the start, and after uploads, pages and renditions. */
export async function run() {
  const folder = await temporaryFolder();
  const stack = await startStack({
    dataDir: join(folder, 'data'),
    ports: 'free',
    output: 'collect',
    generate: true,
    processes,
    env: { LOG_LEVEL: 'error' },
  });
  try {
    await sleep(SETTLE_MS);
    print('idle', stack, MAX_IDLE_BYTES);
    await fillCatalog(stack.gatewayUrl);
    await load(stack.gatewayUrl);
    print(`after ${LOAD_MS / 1000} s of load`, stack, MAX_LOADED_BYTES);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function print(when: string, { processes }: Stack, maxBytes: number) {
  const rows = processes.flatMap(({ name, pid }) =>
    memoryOf(pid).map((memory, index) => rowOf(index === 0 ? name : `${name} worker`, memory)),
  );
  const all = processes.flatMap(({ pid }) => memoryOf(pid));
  const sum = {
    residentBytes: all.reduce((total, { residentBytes }) => total + residentBytes, 0),
    proportionalBytes: all.reduce((total, { proportionalBytes }) => total + proportionalBytes, 0),
  };
  const holds = sum.residentBytes <= maxBytes;
  printTable(`Memory, ${when}`, [
    ['', 'resident', 'proportional'],
    ...rows,
    [...rowOf('all', sum), `at most ${megabytes(maxBytes)} resident: ${verdict(holds)}`],
  ]);
}

const rowOf = (name: string, { residentBytes, proportionalBytes }: ProcessMemory) => [
  name,
  megabytes(residentBytes),
  megabytes(proportionalBytes),
];

/** Pages with their images, new renditions, searches, uploads and edits, by several clients at once. */
async function load(gatewayUrl: string) {
  const pool = new Pool(gatewayUrl, { connections: AT_ONCE });
  const photograph = await jpegOfNoise({ width: 1600, height: 1200 });
  const ask = async (query: string, variables = {}) => {
    const { body } = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const text = await body.text();
    if (text.startsWith('{"errors"')) throw new Error(text.slice(0, 500));
    return text;
  };
  const fetchOne = async (answer: string) => {
    const urls = answer.match(/https?:\/\/[^ "]+/g) ?? [];
    const url = urls[Math.floor(Math.random() * urls.length)];
    if (url) await (await fetch(url)).arrayBuffer();
  };
  const read = async () => fetchOne(await ask(PAGE));
  const render = async (round: number) =>
    fetchOne(await ask(RENDITIONS, { width: 100 + (round % 1_000) }));
  const search = async (round: number) =>
    void (await ask(SEARCH, { text: `product-${round % 40}` }));
  const uploadAndEdit = async (round: number) => {
    const body = withComment(photograph, `${round} ${Math.random()}`);
    const file = { filename: `loaded-${round}.jpg`, mimeType: 'image/jpeg', body };
    const { id } = await uploadThroughGraph(pool, file);
    await ask(EDIT, { id, title: `Round ${round}` });
  };
  const kinds = [read, read, read, read, read, read, read, render, search, uploadAndEdit];
  const until = performance.now() + LOAD_MS;
  const client = async (work: (round: number) => Promise<void>) => {
    for (let round = 0; performance.now() < until; round += 1) await work(round);
  };
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_none, index) => client(kinds[index % kinds.length] ?? read)),
  );
  await pool.close();
}

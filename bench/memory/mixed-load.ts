import { Pool } from 'undici';
import { MOST_PRODUCTS } from '../page/catalog.ts';
import { uploadThroughGraph } from '../upload/client.ts';
import { jpegOfNoise, withComment } from '../upload/files.ts';

const AT_ONCE = 16;
/** Uploaded files that are kept; older ones are deleted, so that the disk does not fill up. */
const MAX_FILES = 100;
const PAGE = `{ products(first: ${MOST_PRODUCTS}) { nodes { id name mediaAssociations { id media { id url srcSet placeholder } } } } mediaLibrary(first: 24) { nodes { id url(transform: { width: 320 }) } totalCount } }`;
const RENDITIONS =
  'query($width: Int!) { mediaLibrary(first: 24) { nodes { id url(transform: { width: $width }) } } }';
const SEARCH =
  'query($text: String!) { mediaLibrary(first: 50, filter: { search: $text }) { nodes { id originalFilename } totalCount } }';
const EDIT =
  'mutation($id: ID!, $title: String!) { updateMedia(input: { id: $id, details: { title: $title } }) { userErrors { code } } }';
const DELETE =
  'mutation($id: ID!) { deleteMedia(input: { id: $id }) { userErrors { code } } purgeMedia(input: { id: $id }) { userErrors { code } } }';

/** Pages with their images, new renditions, searches, uploads and edits, by several clients at once. */
export async function mixedLoad(gatewayUrl: string, { ms }: { ms: number }): Promise<void> {
  const pool = new Pool(gatewayUrl, { connections: AT_ONCE });
  const photograph = await jpegOfNoise({ width: 1600, height: 1200 });
  const uploaded: string[] = [];
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
    uploaded.push(id);
    if (uploaded.length > MAX_FILES) await ask(DELETE, { id: uploaded.shift() });
  };
  const kinds = [read, read, read, read, read, read, read, render, search, uploadAndEdit];
  const until = performance.now() + ms;
  const client = async (work: (round: number) => Promise<void>) => {
    for (let round = 0; performance.now() < until; round += 1) await work(round);
  };
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_none, index) => client(kinds[index % kinds.length] ?? read)),
  );
  await pool.close();
}

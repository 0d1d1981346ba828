import { z } from 'zod';
import type { Answer, Bearer, Endpoint } from './endpoint.ts';
import { operationFor, rootFields } from './operations.ts';
import { plainJpeg } from './pictures.ts';

/** A store with something of everything there is in the graph. */
export interface FilledStore extends Bearer {
  /** By type, the ids that were seen. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** Where lists go on. */
  readonly cursors: readonly string[];
  /** By the field they are in, the texts that were seen. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** All that its queries answer. */
  read(): Promise<Answer[]>;
}

/** Makes one of each, through the graph. A type that is not among them has no id to try: add a line here. */
export async function fillStore(gateway: Endpoint, bearer: Bearer): Promise<FilledStore> {
  const answers: unknown[] = [];

  async function change(name: string, input: object | object[]): Promise<string[]> {
    const root = rootFields(gateway.schema).find(({ field }) => field.name === name);
    if (!root) throw new Error(`The graph has no ${name}.`);
    const { query } = operationFor(root);
    const { data, errors } = await gateway.ask(bearer, { query, variables: { input } });
    if (errors || !data) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    const payload = [data[name]].flat();
    const refused = payload.flatMap((one) => Payload.parse(one).userErrors);
    if (refused.length > 0) throw new Error(`${name}: ${JSON.stringify(refused)}`);
    answers.push(payload);
    return payload.map((one) => idOf(one));
  }

  const { storeId } = bearer;
  const media = await change('uploadMediaFiles', [
    { file: await picture(storeId, 10), details: { altText: 'One', folder: `of-${storeId}` } },
    { file: await picture(storeId, 20) },
  ]);
  const [mediaId = '', other = ''] = media;
  const [productId] = await change('createProduct', {
    sku: `sku-${storeId}`,
    name: 'A chair',
  });
  await change('createProductVariant', { productId, sku: `red-${storeId}`, name: 'Red' });
  await change('attachMediaFilesToProduct', {
    productId,
    items: [{ mediaId }, { mediaId: other }],
  });
  const [artworkId] = await change('createArtwork', { title: 'A painting' });
  await change('attachMediaToArtwork', { artworkId, mediaId });
  const [postId] = await change('createPost', { title: `Of ${storeId}`, body: 'Once.' });
  await change('attachMediaToPost', { postId, mediaId });
  await change('createStagedUploads', [
    { filename: 'photo.jpg', mimeType: 'image/jpeg', fileSize: 1_000 },
  ]);

  const read = () =>
    Promise.all(
      rootFields(gateway.schema)
        .filter(({ kind }) => kind === 'query')
        .map((root) => gateway.ask(bearer, operationFor(root))),
    );
  return { ...bearer, ...found([answers, await read()]), read };
}

/** Other bytes for each store: what follows the end of a JPEG is no part of the picture. */
const picture = async (storeId: string, hue: number) =>
  new File([new Uint8Array(await plainJpeg(hue)), storeId], `${storeId}-${hue}.jpg`);

const Payload = z.looseObject({ userErrors: z.array(z.unknown()) });
const Identified = z.looseObject({ __typename: z.string(), id: z.string() });

/** Of what a payload is about: the first thing in it that has an id. */
function idOf(payload: unknown): string {
  for (const value of Object.values(Payload.parse(payload))) {
    const thing = Identified.safeParse(value);
    if (thing.success) return thing.data.id;
  }
  throw new Error(`No id in ${JSON.stringify(payload)}.`);
}

/** Every id, cursor and text in `value`. */
function found(value: unknown) {
  const ids = new Map<string, string[]>();
  const words = new Map<string, string[]>();
  const cursors: string[] = [];
  visit(value);
  return { ids, words, cursors };

  function visit(inner: unknown) {
    if (typeof inner !== 'object' || inner === null) return;
    const thing = Identified.safeParse(inner);
    if (thing.success) note(ids, thing.data.__typename, thing.data.id);
    for (const [key, entry] of Object.entries(inner)) {
      if (typeof entry !== 'string') visit(entry);
      else if (/cursor$/i.test(key)) cursors.push(entry);
      else note(words, key, entry);
    }
  }
}

function note(lists: Map<string, string[]>, key: string, entry: string) {
  const known = lists.get(key) ?? [];
  if (!known.includes(entry)) lists.set(key, [...known, entry]);
}

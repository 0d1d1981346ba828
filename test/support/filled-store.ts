import { z } from 'zod';
import type { Answer, Bearer, Endpoint } from './endpoint.ts';
import { operationFor, rootFields } from './operations.ts';
import { plainJpeg } from './pictures.ts';

/** A store with an entity of each type in the graph. */
export interface FilledStore extends Bearer {
  /** Seen ids by type. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** Seen cursors. */
  readonly cursors: readonly string[];
  /** Seen texts by field. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** The responses of its queries. */
  read(): Promise<Answer[]>;
}

/**
 * Creates one of each type through the graph: files, entities that use files with one usage each, and the types
 * listed here. For other types there is no id to test: add a line.
 */
export async function fillStore(gateway: Endpoint, bearer: Bearer): Promise<FilledStore> {
  const { storeId } = bearer;
  const answers: unknown[] = [];
  const mutation = (name: string) => {
    const root = rootFields(gateway.schema).find(({ field }) => field.name === name);
    if (!root) throw new Error(`The graph has no ${name}.`);
    return operationFor(root, {
      choose: ({ path, type }) => (type.name === 'String' ? `${path} of ${storeId}` : undefined),
    });
  };

  /** With the minimal input unless one is given. */
  async function change(name: string, input?: object): Promise<string[]> {
    const { query, variables } = mutation(name);
    const { data, errors } = await gateway.ask(bearer, {
      query,
      variables: input ? { input } : variables,
    });
    if (errors || !data) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    const payload = [data[name]].flat();
    const refused = payload.flatMap((one) => Payload.parse(one).userErrors);
    if (refused.length > 0) throw new Error(`${name}: ${JSON.stringify(refused)}`);
    answers.push(payload);
    return payload.map((one) => idOf(one));
  }

  const [mediaId = '', other = ''] = await change('uploadMediaFiles', [
    { file: await picture(storeId, 10), details: { altText: 'One', folder: `of-${storeId}` } },
    { file: await picture(storeId, 20) },
  ]);
  const made = new Map<string, string>();
  for (const type of usersOfFiles(gateway)) {
    const [id = ''] = await change(`create${type}`);
    made.set(type, id);
    const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}Id`;
    await change(`attachMediaTo${type}`, { [key]: id, mediaId });
  }
  const productId = made.get('Product');
  await change('attachMediaToProduct', { productId, mediaId: other });
  await change('createProductVariant', { productId, sku: `red-${storeId}`, name: 'Red' });
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

const usersOfFiles = ({ schema }: Endpoint) =>
  rootFields(schema).flatMap(({ field }) => /^attachMediaTo(\w+)$/.exec(field.name)?.[1] ?? []);

/** Different bytes for each store: bytes after the end of a JPEG do not change the image. */
const picture = async (storeId: string, hue: number) =>
  new File([new Uint8Array(await plainJpeg(hue)), storeId], `${storeId}-${hue}.jpg`);

const Payload = z.looseObject({ userErrors: z.array(z.unknown()) });
const Identified = z.looseObject({ __typename: z.string(), id: z.string() });

/** The id of the first entity in a payload. */
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

import {
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from './testing/draw-jpeg.ts';
import { type RunningCms, runCms } from './testing/running-cms.ts';

let cms: RunningCms;
let schema: GraphQLSchema;
let id: string;
beforeAll(async () => {
  cms = await runCms();
  const { data } = await cms.graphql(getIntrospectionQuery());
  schema = buildClientSchema({ __schema: data!['__schema'] });
  const { mediaFile } = await cms.upload(await drawJpeg(), {
    input: {
      details: {
        title: 'A lamp',
        altText: 'A lamp on a table',
        altTexts: [{ locale: 'fr', text: 'Une lampe' }],
        description: 'For the front page',
        folder: 'tour',
        tags: ['one', 'two'],
        focalPoint: { x: 0.2, y: 0.3 },
      },
    },
  });
  id = mediaFile.id;
});
afterAll(() => cms.close());

const fields = () => {
  const type = schema.getType('MediaFile');
  if (!isObjectType(type)) throw new Error('There is no MediaFile.');
  return Object.values(type.getFields());
};

/** Everything below a field. */
function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const below = Object.values(named.getFields());
  return `{ ${below.map((field) => `${field.name} ${selectionOf(field.type)}`).join(' ')} }`;
}

const ask = ({ name, type }: GraphQLField<unknown, unknown>) => [
  `${name} ${selectionOf(type)}`,
  ...(name === 'altText' ? ['french: altText(locale: "fr-CA")'] : []),
  ...(name === 'url' ? ['small: url(transform: { width: 10, height: 10, fit: COVER })'] : []),
];

const places = [
  (selection: string) => `{ mediaFile(id: "${id}") { ${selection} } }`,
  (selection: string) => `{ mediaLibrary { nodes { ${selection} } } }`,
  (selection: string) =>
    `{ mediaLibrary(orderBy: { field: FILE_SIZE, direction: ASC }) { edges { cursor node { ${selection} } } } }`,
  (selection: string) =>
    `{ _entities(representations: [{ __typename: "MediaFile", id: "${id}" }]) { ... on MediaFile { ${selection} } } }`,
];

async function fileAt(place: (selection: string) => string, selection: string) {
  const { data, errors } = await cms.graphql(place(selection));
  expect(errors, selection).toBeUndefined();
  const { mediaFile, mediaLibrary, _entities } = data!;
  return mediaFile ?? _entities?.[0] ?? mediaLibrary.nodes?.[0] ?? mediaLibrary.edges[0].node;
}

test.each(places.map((place, index) => ({ place, index })))(
  'each field alone has the value that it has next to all others (query $index)',
  async ({ place }) => {
    const selections = fields().flatMap(ask);
    const whole = await fileAt(place, selections.join(' '));
    expect(whole).toMatchObject({
      id,
      french: 'Une lampe',
      tags: ['one', 'two'],
      fileSize: expect.any(Number),
    });
    for (const selection of selections) {
      const part = await fileAt(place, selection);
      expect(Object.keys(part)).toHaveLength(1);
      expect(whole).toMatchObject(part);
    }
  },
);

test('reads the columns of the selected fields, and texts only for a locale', async () => {
  const statementOf = async (selection: string) => {
    cms.store.statements.length = 0;
    await fileAt(places[0]!, selection);
    expect(cms.store.statements).toHaveLength(1);
    return cms.store.statements[0]!;
  };
  expect(await statementOf('altText')).not.toContain('media_texts');
  expect(await statementOf('altText')).not.toContain('checksum');
  expect(await statementOf('altText(locale: "de")')).toContain('media_texts');
  expect(await statementOf('checksum')).toContain('checksum');
});

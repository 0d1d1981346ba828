import type { Reference, World } from '../world.ts';

const things: Record<string, Record<string, unknown>> = {
  1: { __typename: 'Image', id: '1', title: 'one', width: 10 },
  2: { __typename: 'Video', id: '2', title: null, seconds: 20, cover: { id: '1' } },
  3: { __typename: 'Folder', id: '3', content: ['1', null, '2', '4'], parent: null },
  4: { __typename: 'Image', id: '4', title: 'four', width: null },
};
const typed = (id: string) => ({ __typename: things[id]!['__typename'], id });
const all = () => Object.values(things);
const media = () => [things['2'], null, things['1'], things['4']];
const url = ({ id }: Reference, { size }: { size: number | null }) => `/${id}?${size}`;
const content = ({ content: ids }: { content: (string | null)[] }) =>
  ids.map((id) => (id === null ? null : things[id]));
const cover = (video: { cover: Reference }) => things[video.cover.id];
const node = (_root: unknown, { id }: Reference) => things[id] ?? null;
const rated = {
  rating: ({ id }: Reference) => (id === '4' ? null : Number(id) / 2),
  comments: ({ id }: Reference) => (id === '2' ? [] : [{ text: `of ${id}`, about: id }]),
};

export const interfaces: World = {
  name: 'interfaces',
  subgraphs: {
    library: {
      sdl: `
        interface Node { id: ID! }
        interface Media implements Node { id: ID! title: String url(size: Int = 1): String! }
        type Image implements Node & Media @key(fields: "id") {
          id: ID! title: String url(size: Int = 1): String! width: Int
        }
        type Video implements Node & Media @key(fields: "id") {
          id: ID! title: String url(size: Int = 1): String! seconds: Int! cover: Image
        }
        type Folder implements Node { id: ID! content: [Media] parent: Folder }
        type Query { node(id: ID!): Node nodes: [Node!]! media: [Media] }`,
      resolvers: {
        Query: { node, nodes: all, media },
        Image: { __resolveReference: ({ id }: Reference) => things[id], url },
        Video: { __resolveReference: ({ id }: Reference) => things[id], url, cover },
        Folder: { content },
      },
    },
    ratings: {
      sdl: `
        interface Rated { rating: Float comments: [Comment!]! }
        type Image implements Rated @key(fields: "id") { id: ID! rating: Float comments: [Comment!]! }
        type Video implements Rated @key(fields: "id") { id: ID! rating: Float comments: [Comment!]! }
        type Comment { text: String! about: Rated! }
        type Query { best: [Rated]! }`,
      resolvers: {
        Query: { best: () => [typed('2'), null, typed('1')] },
        Image: rated,
        Video: rated,
        Comment: { about: ({ about }: { about: string }) => typed(about) },
      },
    },
  },
  monolith: {
    Query: { node, nodes: all, media, best: () => [things['2'], null, things['1']] },
    Image: { ...rated, url },
    Video: { ...rated, url, cover },
    Folder: { content },
    Comment: { about: ({ about }: { about: string }) => things[about] },
  },
  operations: [
    '{ media { title ... on Rated { rating comments { text about { rating ... on Media { title url(size: 3) } } } } } }',
    '{ best { rating ... on Node { id } ... on Video { cover { width comments { text } } } } }',
    '{ nodes { id ... on Folder { content { ... on Image { width rating } ... on Rated { comments { text } } } } } }',
  ],
};

import { z } from 'zod';
import { expectNoUserErrors, UserErrors, type Graph } from './graph.ts';

// More users of an image that the shop has: one file, three subgraphs. Each fills an empty subgraph, and
// completes what an interrupted load has begun; where there is anything else it changes nothing.

const Newest = z.object({
  list: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        mediaAssociations: z.array(z.object({ id: z.string() })),
      }),
    ),
  }),
});
const Created = z.object({
  made: z.object({ entity: z.object({ id: z.string() }).nullable(), userErrors: UserErrors }),
});
const Attached = z.object({ attached: z.object({ userErrors: UserErrors }) });

/** An artwork whose primary file is the image. */
export const createDemoArtwork = (graph: Graph, mediaId: string): Promise<void> =>
  fillOnce(graph, {
    title: 'Study of a table lamp',
    list: 'artworks',
    create: `mutation DemoArtwork($title: String!) {
      made: createArtwork(input: { title: $title, year: 2026, medium: "Ceramic and linen" }) {
        entity: artwork { id } userErrors { code message }
      }
    }`,
    attach: `mutation DemoArtworkImage($id: ID!, $mediaId: ID!) {
      attached: attachMediaToArtwork(
        input: { artworkId: $id, mediaId: $mediaId, isPrimary: true, caption: "From the front." }
      ) { userErrors { code message } }
    }`,
    mediaId,
  });

/** A post whose cover is the image. */
export const createDemoPost = (graph: Graph, mediaId: string): Promise<void> =>
  fillOnce(graph, {
    title: 'Light for long evenings',
    list: 'posts',
    create: `mutation DemoPost($title: String!) {
      made: createPost(input: { title: $title, body: "## One lamp\\n\\nIt turns any corner into evening." }) {
        entity: post { id } userErrors { code message }
      }
    }`,
    attach: `mutation DemoPostImage($id: ID!, $mediaId: ID!) {
      attached: attachMediaToPost(input: { postId: $id, mediaId: $mediaId, role: COVER }) {
        userErrors { code message }
      }
    }`,
    mediaId,
  });

interface Example {
  readonly title: string;
  readonly list: string;
  readonly create: string;
  readonly attach: string;
  readonly mediaId: string;
}

async function fillOnce(
  graph: Graph,
  { title, list, create, attach, mediaId }: Example,
): Promise<void> {
  const query = `{ list: ${list}(first: 1) { nodes { id title mediaAssociations { id } } } }`;
  const [known] = (await graph.ask(Newest, query)).list.nodes;
  if (known && (known.title !== title || known.mediaAssociations.length > 0)) return;

  const id = known?.id ?? (await createEntity(graph, { title, create }));
  const { attached } = await graph.ask(Attached, attach, { id, mediaId });
  expectNoUserErrors(attached.userErrors, { doing: `attaching an image to ${title}` });
}

async function createEntity(
  graph: Graph,
  { title, create }: Pick<Example, 'title' | 'create'>,
): Promise<string> {
  const { made } = await graph.ask(Created, create, { title });
  expectNoUserErrors(made.userErrors, { doing: `creating ${title}` });
  if (!made.entity) throw new Error(`creating ${title}: nothing came back`);
  return made.entity.id;
}

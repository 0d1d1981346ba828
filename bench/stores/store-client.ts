import { mintClientToken } from '@federated-media/stack/client-token';
import { type Dispatcher, Pool } from 'undici';
import { z } from 'zod';
import { type FileToUpload, uploadThroughGraph } from '../upload/client.ts';

const LIFE_SECONDS = 3_600;
const Answer = z.object({ data: z.unknown(), errors: z.undefined().optional() });
const File = z.object({ data: z.object({ mediaFile: z.object({ url: z.string() }) }) });

/** Requests with the token of a store. */
export async function openStore(gatewayUrl: string, storeId: string, dataDir: string) {
  const token = await mintClientToken(
    {
      storeId,
      scope: 'media:read media:write',
      subject: 'bench',
      lifeSeconds: LIFE_SECONDS,
    },
    { env: {}, dataDir },
  );
  const authorization = `Bearer ${token}`;
  const withToken: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
    dispatch({ ...options, headers: { ...options.headers, authorization } }, handler);
  // Without a limit of connections: a flood is limited by its clients.
  const gateway = new Pool(gatewayUrl).compose(withToken);

  async function ask(query: string, variables = {}): Promise<unknown> {
    const { body } = await gateway.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const answer = await body.json();
    Answer.parse(answer);
    return answer;
  }

  return {
    authorization,
    ask,
    upload: (file: FileToUpload) => uploadThroughGraph(gateway, file),
    async urlOf(id: string, transform: { width: number }): Promise<string> {
      const query =
        'query($id: ID!, $transform: ImageTransform!) { mediaFile(id: $id) { url(transform: $transform) } }';
      return File.parse(await ask(query, { id, transform })).data.mediaFile.url;
    },
    /** @throws for any other status than 200 */
    async fetch(url: string): Promise<void> {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${url} returned ${response.status}.`);
    },
  };
}
export type StoreClient = Awaited<ReturnType<typeof openStore>>;

import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { jpegOfNoise, withComment } from '../upload/files.ts';
import type { StoreClient } from './store-client.ts';

const AT_ONCE = 32;
const SLOW_UPLOADS = 256;
/** Blurs of the whole drawing: almost as many as are accepted. */
const BLURS = 80;
/** Refused requests are sent again soon, as an attacker would. */
const PAUSE_MS = 20;

interface Flood {
  readonly name: string;
  start(): { /** Returns what was sent. */ stop(): Promise<string> };
}

/** What one store can send to keep a platform busy. */
export async function openFloods(gatewayUrl: string, store: StoreClient): Promise<Flood[]> {
  const photograph = await jpegOfNoise({ width: 4000, height: 3000 });
  const [photo, drawing] = await Promise.all([
    store.upload({ filename: 'photo.jpg', mimeType: 'image/jpeg', body: photograph }),
    store.upload({ filename: 'blurs.svg', mimeType: 'image/svg+xml', body: blurredDrawing() }),
  ]);
  const rendering = (id: string) => async (count: number) =>
    store.fetch(await store.urlOf(id, { width: 1 + (count % 3_000) }));
  return [
    repeated('new renditions of a photograph', rendering(photo.id)),
    repeated('new renditions of a drawing with filters', rendering(drawing.id)),
    repeated('uploads of photographs', (count) =>
      store.upload({
        filename: 'photo.jpg',
        mimeType: 'image/jpeg',
        body: withComment(photograph, `${count} ${Math.random()}`),
      }),
    ),
    { name: 'slow uploads', start: () => startSlowUploads(gatewayUrl, store) },
  ];
}

const blurredDrawing = () =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="1000"><filter id="f">${'<feGaussianBlur stdDeviation="2"/>'.repeat(BLURS)}</filter><rect width="1000" height="1000" fill="red" filter="url(#f)"/></svg>`,
  );

function repeated(name: string, send: (count: number) => Promise<unknown>): Flood {
  return {
    name,
    start() {
      let isOver = false;
      let [sent, failed] = [0, 0];
      const client = async () => {
        while (!isOver) {
          sent += 1;
          try {
            await send(sent);
          } catch {
            failed += 1;
            await sleep(PAUSE_MS);
          }
        }
      };
      const clients = Array.from({ length: AT_ONCE }, client);
      return {
        async stop() {
          isOver = true;
          await Promise.all(clients);
          return `${sent - failed} done, ${failed} refused`;
        },
      };
    },
  };
}

/** Uploads that begin and then send nothing; refused ones are started again. */
function startSlowUploads(gatewayUrl: string, { authorization }: StoreClient) {
  let isOver = false;
  let started = 0;
  const open = new Set<ReturnType<typeof request>>();
  const begin = async () => {
    while (!isOver) {
      started += 1;
      const { promise, resolve } = Promise.withResolvers<void>();
      const upload = request(`${gatewayUrl}/graphql`, {
        method: 'POST',
        headers: {
          authorization,
          'apollo-require-preflight': 'true',
          'content-type': 'multipart/form-data; boundary=b',
          'content-length': 1_000_000,
        },
      });
      open.add(upload);
      upload.on('response', (response) => response.resume());
      upload.on('error', () => {}); // it was ended
      upload.on('close', () => {
        open.delete(upload);
        resolve();
      });
      upload.write(SLOW_START);
      await promise;
      await sleep(PAUSE_MS);
    }
  };
  const clients = Array.from({ length: SLOW_UPLOADS }, begin);
  return {
    async stop() {
      isOver = true;
      for (const upload of open) upload.destroy();
      await Promise.all(clients);
      return `${SLOW_UPLOADS} at once, ${started} started`;
    },
  };
}

const SLOW_START = [
  '--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n',
  '{"query":"mutation($f: Upload!) { uploadMedia(input: { file: $f }) { mediaFile { id } } }","variables":{"f":null}}',
  '\r\n--b\r\ncontent-disposition: form-data; name="map"\r\n\r\n{"0":["variables.f"]}',
  '\r\n--b\r\ncontent-disposition: form-data; name="0"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\nx',
].join('');

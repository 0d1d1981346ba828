import sharp from 'sharp';
import { inParallel } from '../load.ts';

const UPLOAD = `mutation ($file: Upload!) {
  uploadMedia(input: { file: $file }) { mediaFile { id } userErrors { code } }
}`;

/** Uploads `count` different images. */
export async function uploadPhotographs(
  gatewayUrl: string,
  { token, count }: { token: string; count: number },
): Promise<void> {
  const numbers = Array.from({ length: count }, (_none, index) => index);
  await inParallel(numbers, {
    atOnce: 4,
    async work(number) {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query: UPLOAD, variables: { file: null } }));
      form.set('map', '{"0":["variables.file"]}');
      form.set('0', new File([await photograph(number)], `photograph-${number}.jpg`));
      const response = await fetch(`${gatewayUrl}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' },
        body: form,
      });
      const answer = await response.text();
      if (!answer.includes('"userErrors":[]')) throw new Error(`An upload failed: ${answer}`);
    },
  });
}

async function photograph(number: number): Promise<Uint8Array<ArrayBuffer>> {
  const noise = { type: 'gaussian', mean: 60 + number * 2, sigma: 20 } as const;
  const create = { width: 800, height: 600, channels: 3, noise } as const;
  const bytes = await sharp({ create: { ...create, background: 'black' } })
    .jpeg({ quality: 60 })
    .toBuffer();
  return new Uint8Array(bytes);
}

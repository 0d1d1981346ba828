import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';

const MAX_BYTES = 12_000;

/** The compressed size of a page's script that uses `names` of this package. */
async function sizeOf(names: string): Promise<number> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? '\0page' : null),
        load: (id) =>
          id === '\0page'
            ? `import { ${names} } from '${import.meta.dirname}/index.ts'; globalThis.used = [${names}];`
            : null,
      },
    ],
    build: { write: false, rollupOptions: { input: 'page' } },
  });
  const [output] = [built].flat();
  if (!output || !('output' in output)) throw new Error('Vite built nothing.');
  const code = output.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
  return gzipSync(code).length;
}

test('the package is small, and a page loads only what it uses', async () => {
  const whole = await sizeOf('uploadFile, uploadFiles, pictureProps, UploadError');
  expect(whole).toBeGreaterThan(1_000);
  expect(whole).toBeLessThan(MAX_BYTES);
  expect(await sizeOf('pictureProps')).toBeLessThan(whole / 2);
});

import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';

const MAX_BYTES = 12_000;

/** The compressed size of what a page that uses `names` of this package loads at its start. */
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
  const isLater = (name: string) =>
    output.output.some((chunk) => 'code' in chunk && chunk.dynamicImports.includes(name));
  const code = output.output
    .map((chunk) => ('code' in chunk && !isLater(chunk.fileName) ? chunk.code : ''))
    .join('');
  return gzipSync(code).length;
}

test('the package is small, and a page loads only what it uses', async () => {
  const whole = await sizeOf('uploadFile, uploadFiles, pictureProps, UploadError');
  expect(whole).toBeGreaterThan(1_000);
  expect(whole).toBeLessThan(MAX_BYTES);
  expect(await sizeOf('pictureProps')).toBeLessThan(whole / 2);
});

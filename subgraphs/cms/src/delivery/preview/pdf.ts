import { readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PDFPageProxy } from 'pdfjs-dist';
import { NoPreviewError } from './no-preview-error.ts';

/** The file is held in memory, and so is what it unpacks to. */
const MAX_BYTES = 200 * 2 ** 20;
/** An A4 scan of 600 dpi has 35 million. */
const DEFAULT_IMAGE_PIXELS = 50_000_000;
const DEFAULT_SIDE = 2048;

/**
 * Draws the first page as a PNG on white, turned as readers show it.
 * For processes that can be killed and whose memory is limited: a page may ask for any amount of work.
 *
 * @param maxSide of the picture's longest side in pixels, which small pages are enlarged to
 * @param maxImagePixels of each picture in the page: larger ones are left out. Drawing one takes up to 24
 *   bytes for each of its pixels, and where they can't be had pdfjs leaves it out without a word
 * @throws NoPreviewError when the file is broken, needs a password or is too large
 */
export async function drawFirstPage({
  path,
  to,
  maxSide = DEFAULT_SIDE,
  maxImagePixels = DEFAULT_IMAGE_PIXELS,
}: {
  path: string;
  to: string;
  maxSide?: number;
  maxImagePixels?: number;
}): Promise<void> {
  const { size } = await stat(path);
  if (size > MAX_BYTES)
    throw new NoPreviewError(`The PDF has ${size} bytes, which is too large for a preview.`);
  const bytes = new Uint8Array(await readFile(path));
  const libraries = await loadLibraries();
  await writeFile(to, await draw(bytes, { ...libraries, maxSide, maxImagePixels }));
}

/** Both are large, and pdfjs puts names of the browser into the global scope: only where PDFs are drawn. */
async function loadLibraries() {
  const [pdfjs, canvas] = await Promise.all([
    import('pdfjs-dist/legacy/build/pdf.mjs'),
    import('@napi-rs/canvas'),
  ]);
  return { pdfjs, canvas };
}

interface Limits {
  maxSide: number;
  maxImagePixels: number;
}

type Libraries = Awaited<ReturnType<typeof loadLibraries>>;

async function draw(
  bytes: Uint8Array,
  { pdfjs, canvas, maxSide, maxImagePixels }: Libraries & Limits,
): Promise<Buffer> {
  const task = pdfjs.getDocument({
    ...OPTIONS,
    data: bytes,
    maxImageSize: maxImagePixels,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  try {
    const document = await task.promise;
    const page = await document.getPage(1);
    const { width, height, viewport } = fit(page, maxSide);
    const image = canvas.createCanvas(width, height);
    await page.render({ canvas: image, viewport }).promise;
    return await image.encode('png');
  } catch (error) {
    throw new NoPreviewError('The first page of the PDF cannot be rendered.', { cause: error });
  } finally {
    await task.destroy();
  }
}

/** Pages measure from nothing to 14,400,000 units, times a unit of their own. */
function fit(page: PDFPageProxy, maxSide: number) {
  const { width, height } = page.getViewport({ scale: 1 });
  const scale = maxSide / Math.max(width, height);
  if (!(scale > 0)) throw new RangeError('The page has no size.');
  const side = (length: number) => Math.min(maxSide, Math.max(1, Math.round(length * scale)));
  return { width: side(width), height: side(height), viewport: page.getViewport({ scale }) };
}

const library = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
/** pdfjs insists on the slash, on any system. */
const packaged = (folder: string) => `${join(library, folder)}/`;

/**
 * Nothing is fetched. Glyphs are drawn as paths, from fonts in the file or the package: the system's are
 * asked only for what both lack. Scripts in a PDF need a sandbox, which is not loaded, and pdfjs no
 * longer makes code out of what it reads.
 */
const OPTIONS = {
  standardFontDataUrl: packaged('standard_fonts'),
  cMapUrl: packaged('cmaps'),
  iccUrl: packaged('iccs'),
  wasmUrl: packaged('wasm'),
  disableFontFace: true,
  useSystemFonts: false,
  useWorkerFetch: false,
  enableXfa: false,
} as const;

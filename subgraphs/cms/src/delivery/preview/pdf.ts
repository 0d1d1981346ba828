import { readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PDFPageProxy } from 'pdfjs-dist';
import { NoPreviewError } from './no-preview-error.ts';

/** The maximum for a file that is held in memory, together with its decompressed content. */
const MAX_BYTES = 200 * 2 ** 20;
/** An A4 scan at 600 dpi has 35 million pixels. */
const DEFAULT_IMAGE_PIXELS = 50_000_000;
const DEFAULT_SIDE = 2048;

/**
 * Renders the first page as a PNG on white, rotated as PDF viewers show it. Only for processes with
 * limited memory that can be killed, because a page may require any amount of work.
 *
 * @param maxSide the longest side in pixels; small pages are enlarged to it
 * @param maxImagePixels larger images in the page are left out. Rendering needs up to 24 bytes per
 *   pixel, and pdfjs silently leaves out images that do not fit into memory
 * @throws NoPreviewError if the file is damaged, too large or needs a password
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

/** Loaded only for PDFs: both are large, and pdfjs adds browser globals. */
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

/** Pages measure up to 14,400,000 units of a size that they choose. */
function fit(page: PDFPageProxy, maxSide: number) {
  const { width, height } = page.getViewport({ scale: 1 });
  const scale = maxSide / Math.max(width, height);
  if (!(scale > 0)) throw new RangeError('The page has no size.');
  const side = (length: number) => Math.min(maxSide, Math.max(1, Math.round(length * scale)));
  return { width: side(width), height: side(height), viewport: page.getViewport({ scale }) };
}

const library = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
/** pdfjs requires the slash on every system. */
const packaged = (folder: string) => `${join(library, folder)}/`;

/**
 * Nothing is fetched. Glyphs are rendered as paths, with fonts from the file or the package; system
 * fonts are used only for glyphs that both lack. Scripts in a PDF need a sandbox, which is not
 * loaded, and pdfjs does not generate code from the file.
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

import { MAX_ELEMENTS, type SvgElement, parseSvg } from './document.ts';
import { limitExpansion } from './expansion.ts';
import { type CleanDrawing, type MeasureImage, cutLinks } from './links.ts';
import { purify } from './purify.ts';
import { type Size, settleSize } from './size.ts';
import { decodeSvg } from './source.ts';
import { Unacceptable } from './unacceptable.ts';

/** Drawings in drawings in drawings. Deeper ones are left out. */
const MAX_EMBEDDING = 3;

export interface CleanSvg {
  readonly svg: string;
  /** Null if it is not stated. */
  readonly size: Size | null;
  /** The pixels of all embedded images. */
  readonly pixels: number;
  /** See limitExpansion. */
  readonly steps: number;
}

/**
 * Sanitizes an SVG, and the SVGs that are embedded in it, together within the limits for one.
 *
 * @throws Unacceptable
 */
export async function cleanSvg(bytes: Buffer, measure: MeasureImage): Promise<CleanSvg> {
  let elements = 0;

  function parse(source: Buffer): SvgElement {
    const root = parseSvg(decodeSvg(source), MAX_ELEMENTS - elements);
    elements += countElements(root);
    return root;
  }

  async function clean(root: SvgElement, depth: number): Promise<CleanSvg> {
    const cleanEmbedded: CleanDrawing = async (source) => {
      const embedded = depth < MAX_EMBEDDING ? parsedOrNull(source) : null;
      return embedded && clean(embedded, depth + 1);
    };
    const { links, pixels } = await cutLinks(root, measure, cleanEmbedded);
    const steps = limitExpansion(root, links);
    const size = settleSize(root);
    return { svg: purify(root), size, pixels, steps };
  }

  /** Viewers do not show an embedded image that is damaged either. */
  function parsedOrNull(source: Buffer): SvgElement | null {
    try {
      return parse(source);
    } catch (error) {
      if (error instanceof Unacceptable) return null;
      throw error;
    }
  }

  return clean(parse(bytes), 0);
}

const countElements = ({ children }: SvgElement): number =>
  children.reduce((sum, child) => sum + (typeof child === 'string' ? 0 : countElements(child)), 1);

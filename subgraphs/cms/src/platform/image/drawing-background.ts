import type * as CssTree from 'css-tree';
import type { Sharp } from 'sharp';

const ROOT = /^<svg\b[^>]*>/;
const STYLE_ATTRIBUTE = /\sstyle="([^"]*)"/;
const STYLESHEET = /<style\b[^>]*>([^<]*)<\/style>/g;
/** Selectors of the root element. */
const ROOT_SELECTOR = /^(?:svg|:root|svg:root|\*)$/i;
const COLOUR = /^(?:#(?:[0-9a-f]{3}|[0-9a-f]{6})|rgb\(\d+[,\s]+\d+[,\s]+\d+\)|[a-z]{3,20})$/i;
const NO_COLOUR =
  /^(?:none|transparent|inherit|initial|unset|revert|currentcolor|scroll|fixed|repeat|center|top|left|right|bottom)$/i;

/**
 * The opaque colour that browsers paint behind a sanitized SVG, and libraries do not: the CSS `background` of its root
 * element. Null if it has none.
 */
export async function backgroundOf(svg: string): Promise<string | null> {
  if (!svg.includes('background')) return null;
  try {
    return readBackground(svg, await import('css-tree'));
  } catch (error) {
    // The parser is recursive, and brackets may be nested to any depth.
    if (error instanceof RangeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function readBackground(svg: string, { generate, parse, walk }: typeof CssTree): string | null {
  let colour: string | null = null;

  function readDeclarations(tree: CssTree.CssNode) {
    walk(tree, {
      visit: 'Declaration',
      enter({ property, value }) {
        if (!/^background(?:-color)?$/i.test(property) || value.type !== 'Value') return;
        const parts = partsOf(value).map((part) => generate(part));
        colour = parts.find((part) => COLOUR.test(part) && !NO_COLOUR.test(part)) ?? colour;
      },
    });
  }

  for (const [, css = ''] of svg.matchAll(STYLESHEET)) {
    walk(parse(css), {
      visit: 'Rule',
      enter(rule) {
        const selectors = generate(rule.prelude).split(',');
        const isForRoot = selectors.some((selector) => ROOT_SELECTOR.test(selector));
        if (isForRoot && !this.atrule) readDeclarations(rule.block);
      },
    });
  }
  const [, style] = STYLE_ATTRIBUTE.exec(ROOT.exec(svg)?.[0] ?? '') ?? [];
  if (style) readDeclarations(parse(style, { context: 'declarationList' }));
  return colour;
}

/** Null, and a name that is not of a colour, change nothing. */
export function paintBehind(image: Sharp, background: string | null): Sharp {
  try {
    return background === null ? image : image.flatten({ background });
  } catch {
    return image.flatten(false);
  }
}

/** Of several values, a colour is the one for light pages. */
function partsOf({ children }: CssTree.Value): CssTree.CssNode[] {
  const { first } = children;
  if (first?.type !== 'Function' || first.name.toLowerCase() !== 'light-dark')
    return children.toArray();
  const parts = first.children.toArray();
  return parts.slice(
    0,
    parts.findIndex(({ type }) => type === 'Operator'),
  );
}

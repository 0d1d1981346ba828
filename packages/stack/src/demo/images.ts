import { colours, type ColourName } from './images/colour.ts';
import { compose, type Placed, type Scene } from './images/scene.ts';
import { swatch } from './images/swatch.ts';
import type { DemoProduct } from './shop.ts';

export interface DemoImage {
  /** Unique in the shop: a later start recognises the file by it. */
  readonly filename: string;
  readonly format: ImageFormat;
  readonly svg: string;
  readonly altText: string;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly usages: readonly ImageUsage[];
}

export type ImageFormat = 'jpg' | 'png' | 'webp';

export interface ImageUsage {
  readonly usageType: 'MAIN_IMAGE' | 'GALLERY' | 'VARIANT' | 'SWATCH';
  readonly variantSku?: string;
}

type Shot = Omit<DemoImage, 'filename' | 'folder' | 'tags'> & {
  readonly name: string;
};

const colourWords: Partial<Record<ColourName, string>> = { dusk: 'dusk blue' };
const wordFor = (colour: ColourName) => colourWords[colour] ?? colour;

/** Everything the shop shows of a product, the main image first. */
export function imagesOf(product: DemoProduct): DemoImage[] {
  const shots = [
    front(product),
    atHome(product),
    closeUp(product),
    ...(product.colours.length > 2 ? [family(product)] : []),
    ...(product.hasVariants ? variantShots(product) : []),
  ];
  return shots.map(({ name, ...shot }) => ({
    ...shot,
    filename: `${product.sku.toLowerCase()}-${name}.${shot.format}`,
    folder: `products/${product.folder}`,
    tags: ['demo', product.folder, name.split('-')[0] ?? name],
  }));
}

export const variantSku = (product: DemoProduct, colour: ColourName) =>
  `${product.sku}-${colour.toUpperCase()}`;

function front(product: DemoProduct): Shot {
  const [colour] = product.colours;
  const variant = product.hasVariants
    ? [{ usageType: 'VARIANT' as const, variantSku: variantSku(product, colour) }]
    : [];
  return {
    name: 'front',
    format: 'jpg',
    svg: compose({ ...setting(product), things: [alone(product, colour)] }),
    altText: `${product.name} in ${wordFor(colour)}.`,
    usages: [{ usageType: 'MAIN_IMAGE' }, ...variant],
  };
}

function atHome(product: DemoProduct): Shot {
  const {
    companion,
    draw,
    place,
    colours: [colour],
  } = product;
  const thing = draw(colours[colour]);
  const hangs = thing.footprint === 0;
  const scale = place.scale * 0.86;
  return {
    name: 'at-home',
    format: 'jpg',
    svg: compose({
      room: companion.room,
      backdrop: 'plain',
      things: [
        { thing, x: hangs ? 520 : 440, y: hangs ? place.y - 20 : 730, scale },
        {
          thing: companion.draw(colours[companion.colour]),
          x: 880,
          y: 792,
          scale: companion.scale,
        },
      ],
    }),
    altText: `A ${product.noun} ${hangs ? 'above' : 'next to'} ${companion.noun}.`,
    usages: [{ usageType: 'GALLERY' }],
  };
}

function closeUp(product: DemoProduct): Shot {
  const [colour] = product.colours;
  const placed = alone(product, colour);
  const middle = placed.y - placed.thing.height * placed.scale * 0.62;
  return {
    name: 'detail',
    format: 'webp',
    svg: compose({
      ...setting(product),
      things: [placed],
      closeUp: { x: placed.x + 40, y: middle, scale: 2.1 },
    }),
    altText: `The ${product.noun} from close by.`,
    usages: [{ usageType: 'GALLERY' }],
  };
}

function family(product: DemoProduct): Shot {
  const { place } = product;
  const things: Placed[] = product.colours.map((colour, index) => ({
    thing: product.draw(colours[colour]),
    x: 260 + index * 340,
    y: place.y - (index === 1 ? 30 : 0),
    scale: place.scale * 0.6,
  }));
  const words = product.colours.map(wordFor);
  return {
    name: 'colours',
    format: 'jpg',
    svg: compose({ room: product.room, backdrop: 'plain', things }),
    altText: `The ${product.noun} in ${words.slice(0, -1).join(', ')} and ${words.at(-1)}, side by side.`,
    usages: [{ usageType: 'GALLERY' }],
  };
}

/** The first colour is the main image's; every other has an image of its own; all have a swatch. */
function variantShots(product: DemoProduct): Shot[] {
  const images = product.colours.slice(1).map((colour): Shot => ({
    name: `variant-${colour}`,
    format: 'jpg',
    svg: compose({ ...setting(product), room: 'stone', things: [alone(product, colour)] }),
    altText: `${product.name} in ${wordFor(colour)}.`,
    usages: [{ usageType: 'VARIANT', variantSku: variantSku(product, colour) }],
  }));
  const swatches = product.colours.map((colour): Shot => ({
    name: `swatch-${colour}`,
    format: 'png',
    svg: swatch(colours[colour]),
    altText: `The colour ${wordFor(colour)}.`,
    usages: [{ usageType: 'SWATCH', variantSku: variantSku(product, colour) }],
  }));
  return [...images, ...swatches];
}

const setting = ({ room, backdrop }: DemoProduct): Pick<Scene, 'room' | 'backdrop'> => ({
  room,
  backdrop,
});

const alone = ({ draw, place }: DemoProduct, colour: ColourName): Placed => ({
  thing: draw(colours[colour]),
  x: 600,
  ...place,
});

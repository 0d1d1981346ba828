import {
  aCandle,
  aPlant,
  aTeapot,
  aVase,
  someBooks,
  type Companion,
  type Draw,
} from './companions.ts';
import { bowl, mug, roundVase, tallVase, teapot } from './images/ceramics.ts';
import { clock } from './images/decor.ts';
import type { ColourName } from './images/colour.ts';
import { candle, pendantLamp, tableLamp } from './images/lamps.ts';
import type { Backdrop, RoomName } from './images/scene.ts';
import { chair, sideTable, stool } from './images/seats.ts';

/** A product of the imaginary shop, and how to draw it. */
export interface DemoProduct {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  /** As an alternative text calls it. */
  readonly noun: string;
  readonly folder: string;
  readonly draw: Draw;
  /** Where its foot is in an image of it alone, and how large it is there. */
  readonly place: { readonly y: number; readonly scale: number };
  readonly room: RoomName;
  readonly backdrop: Backdrop;
  readonly colours: readonly [ColourName, ...ColourName[]];
  /** With variants, one per colour. */
  readonly hasVariants: boolean;
  readonly companion: Companion;
}

/** The first one's main image is the example that `start` prints. */
export const shop: readonly DemoProduct[] = [
  {
    sku: 'LAMP-01',
    name: 'Halo table lamp',
    description: 'A round ceramic foot and a linen shade that turns any corner into evening.',
    noun: 'table lamp',
    folder: 'lighting',
    draw: tableLamp,
    place: { y: 776, scale: 1.08 },
    room: 'sand',
    backdrop: 'arch',
    colours: ['terracotta', 'sage', 'dusk'],
    hasVariants: true,
    companion: someBooks,
  },
  {
    sku: 'LAMP-02',
    name: 'Dusk pendant lamp',
    description: 'Spun steel, enamelled by hand, for the table everybody ends up at.',
    noun: 'pendant lamp',
    folder: 'lighting',
    draw: pendantLamp,
    place: { y: 420, scale: 1.1 },
    room: 'night',
    backdrop: 'plain',
    colours: ['mustard', 'teal', 'terracotta'],
    hasVariants: false,
    companion: aTeapot,
  },
  {
    sku: 'CANDLE-01',
    name: 'Vesper candle holder',
    description: 'Cast iron with a heavy foot. Stands where you put it.',
    noun: 'candle holder',
    folder: 'lighting',
    draw: candle,
    place: { y: 760, scale: 1.75 },
    room: 'rose',
    backdrop: 'sun',
    colours: ['dusk', 'walnut', 'plum'],
    hasVariants: false,
    companion: { ...someBooks, colour: 'dusk', room: 'night' },
  },
  {
    sku: 'CHAIR-01',
    name: 'Ester chair',
    description: 'Solid oak with five spindles and a wool seat pad that comes off for washing.',
    noun: 'chair',
    folder: 'furniture',
    draw: chair,
    place: { y: 806, scale: 1.16 },
    room: 'meadow',
    backdrop: 'arch',
    colours: ['sage', 'mustard', 'plum'],
    hasVariants: true,
    companion: { ...aPlant, room: 'sand' },
  },
  {
    sku: 'STOOL-01',
    name: 'Perch stool',
    description: 'Three legs never wobble. Stacks, too.',
    noun: 'stool',
    folder: 'furniture',
    draw: stool,
    place: { y: 794, scale: 1.3 },
    room: 'honey',
    backdrop: 'window',
    colours: ['teal', 'terracotta', 'charcoal'],
    hasVariants: false,
    companion: aPlant,
  },
  {
    sku: 'TABLE-01',
    name: 'Orbit side table',
    description: 'A round top just wide enough for a lamp, a book and a cup.',
    noun: 'side table',
    folder: 'furniture',
    draw: sideTable,
    place: { y: 806, scale: 1.16 },
    room: 'stone',
    backdrop: 'sun',
    colours: ['cream', 'sage'],
    hasVariants: false,
    companion: { ...aPlant, room: 'rose' },
  },
  {
    sku: 'VASE-01',
    name: 'Moon vase',
    description: 'Thrown in two halves; the seam around its middle shows it.',
    noun: 'round vase',
    folder: 'ceramics',
    draw: roundVase,
    place: { y: 790, scale: 1.04 },
    room: 'sky',
    backdrop: 'sun',
    colours: ['cream', 'blush', 'dusk'],
    hasVariants: false,
    companion: aCandle,
  },
  {
    sku: 'VASE-02',
    name: 'Reed vase',
    description: 'Tall and narrow, for three stems at most.',
    noun: 'tall vase',
    folder: 'ceramics',
    draw: tallVase,
    place: { y: 806, scale: 0.98 },
    room: 'lilac',
    backdrop: 'arch',
    colours: ['plum', 'teal', 'mustard'],
    hasVariants: false,
    companion: { ...aVase, room: 'honey' },
  },
  {
    sku: 'MUG-01',
    name: 'Everyday mug',
    description: 'Stoneware with a handle for a whole hand. Holds 0.35 litres.',
    noun: 'mug',
    folder: 'ceramics',
    draw: mug,
    place: { y: 764, scale: 1.4 },
    room: 'sand',
    backdrop: 'window',
    colours: ['dusk', 'terracotta', 'cream'],
    hasVariants: true,
    companion: { ...someBooks, colour: 'terracotta', room: 'sky' },
  },
  {
    sku: 'BOWL-01',
    name: 'Harvest bowl',
    description: 'Wide, dark and deep: whatever lies in it looks picked this morning.',
    noun: 'bowl of oranges',
    folder: 'ceramics',
    draw: bowl,
    place: { y: 768, scale: 1.34 },
    room: 'meadow',
    backdrop: 'hill',
    colours: ['charcoal', 'teal'],
    hasVariants: false,
    companion: { ...aCandle, room: 'lilac' },
  },
  {
    sku: 'TEAPOT-01',
    name: 'Kettle & Co teapot',
    description: 'Pours without a drip. The bamboo handle stays cool.',
    noun: 'teapot',
    folder: 'ceramics',
    draw: teapot,
    place: { y: 768, scale: 1.2 },
    room: 'rose',
    backdrop: 'arch',
    colours: ['teal', 'charcoal', 'mustard'],
    hasVariants: false,
    companion: { noun: 'a mug', draw: mug, colour: 'cream', scale: 0.62, room: 'stone' },
  },
  {
    sku: 'CLOCK-01',
    name: 'Noon wall clock',
    description: 'An oak rim, a silent movement, and a red hand that takes its time.',
    noun: 'wall clock',
    folder: 'decoration',
    draw: clock,
    place: { y: 530, scale: 1.12 },
    room: 'sky',
    backdrop: 'window',
    colours: ['oak', 'charcoal'],
    hasVariants: false,
    companion: { ...aVase, room: 'sand' },
  },
];

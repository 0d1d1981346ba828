import { roundVase, teapot } from './images/ceramics.ts';
import type { ColourName } from './images/colour.ts';
import { planter } from './images/decor.ts';
import { candle } from './images/lamps.ts';
import type { RoomName } from './images/scene.ts';
import { books } from './images/seats.ts';
import type { Thing } from './images/shapes.ts';

/** Draws a thing in a colour. */
export type Draw = (colour: string) => Thing;

/** What stands beside a product in a room. */
export interface Companion {
  readonly noun: string;
  readonly draw: Draw;
  readonly colour: ColourName;
  readonly scale: number;
  readonly room: RoomName;
}

export const aCandle: Companion = {
  noun: 'a lit candle',
  draw: candle,
  colour: 'walnut',
  scale: 1.1,
  room: 'night',
};
export const someBooks: Companion = {
  noun: 'two books',
  draw: books,
  colour: 'plum',
  scale: 1.1,
  room: 'stone',
};
export const aPlant: Companion = {
  noun: 'a potted plant',
  draw: planter,
  colour: 'terracotta',
  scale: 0.85,
  room: 'meadow',
};
export const aVase: Companion = {
  noun: 'a vase with eucalyptus',
  draw: roundVase,
  colour: 'cream',
  scale: 0.72,
  room: 'rose',
};
export const aTeapot: Companion = {
  noun: 'a teapot',
  draw: teapot,
  colour: 'teal',
  scale: 0.8,
  room: 'honey',
};

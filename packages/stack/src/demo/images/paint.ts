import { darker, lighter } from './colour.ts';

/** How light from the upper left falls on a surface. */
const surfaces = {
  /** A cylinder that stands. */
  round: (colour: string, id: string) =>
    linear(id, 'x2="1" y2="0"', [
      [0, darker(colour, 0.12)],
      [0.24, lighter(colour, 0.26)],
      [0.5, colour],
      [1, darker(colour, 0.34)],
    ]),
  /** A ball. */
  ball: (colour: string, id: string) =>
    radial(id, 'cx="0.36" cy="0.3" r="0.8"', [
      [0, lighter(colour, 0.42)],
      [0.38, colour],
      [1, darker(colour, 0.42)],
    ]),
  /** A flat thing, lit from above. */
  flat: (colour: string, id: string) =>
    linear(id, 'x2="0.15" y2="1"', [
      [0, lighter(colour, 0.16)],
      [1, darker(colour, 0.14)],
    ]),
  /** The inside of a hollow one. */
  hollow: (colour: string, id: string) =>
    linear(id, 'x2="1" y2="0.4"', [
      [0, darker(colour, 0.55)],
      [1, darker(colour, 0.18)],
    ]),
  /** Lit by a window on the left. Covers most of an image: one gradient, as each costs time. */
  wall: (colour: string, id: string) =>
    radial(id, 'cx="0.24" cy="0.16" r="1"', [
      [0, lighter(colour, 0.5)],
      [0.42, lighter(colour, 0.14)],
      [1, darker(colour, 0.12)],
    ]),
  /** Light that fades into what is behind it. */
  glow: (colour: string, id: string) =>
    radial(id, 'cx="0.5" cy="0.5" r="0.5"', [
      [0, colour, 0.85],
      [0.45, colour, 0.28],
      [1, colour, 0],
    ]),
  /** A soft shadow: a gradient costs a tenth of what a blur does. */
  shadow: (colour: string, id: string) =>
    radial(id, 'cx="0.5" cy="0.5" r="0.5"', [
      [0, colour, 0.5],
      [0.4, colour, 0.26],
      [0.72, colour, 0.07],
      [1, colour, 0],
    ]),
};

export type Surface = keyof typeof surfaces;

type Stop = [offset: number, colour: string, opacity?: number];

/** The attribute value that fills a shape; `gradientsOf` finds it again by its name. */
export const paint = (surface: Surface, colour: string) => `url(#${surface}-${colour})`;

/** Definitions for every paint used in `markup`. */
export function gradientsOf(markup: string): string {
  const names = new Set(markup.matchAll(/url\(#(\w+-[\da-f]{6})\)/g).map(([, name]) => name));
  return [...names].map((id) => gradient(id ?? '')).join('');
}

function gradient(id: string): string {
  const [surface, colour] = id.split('-');
  if (!surface || !colour || !isSurface(surface)) throw new Error(`No such paint: ${id}.`);
  return surfaces[surface](colour, id);
}

const isSurface = (name: string): name is Surface => Object.hasOwn(surfaces, name);

const linear = (id: string, direction: string, stops: Stop[]) =>
  `<linearGradient id="${id}" x1="0" y1="0" ${direction}>${marks(stops)}</linearGradient>`;

const radial = (id: string, circle: string, stops: Stop[]) =>
  `<radialGradient id="${id}" ${circle}>${marks(stops)}</radialGradient>`;

const marks = (stops: Stop[]) =>
  stops
    .map(
      ([offset, colour, opacity = 1]) =>
        `<stop offset="${offset}" stop-color="#${colour}" stop-opacity="${opacity}"/>`,
    )
    .join('');

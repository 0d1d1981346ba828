import { paint, type Surface } from './paint.ts';

/** A thing of the shop, drawn with the middle of its foot at 0,0; up is negative. */
export interface Thing {
  readonly markup: string;
  /** Half of what it covers of the ground, for its shadow; 0 when it hangs. */
  readonly footprint: number;
  readonly height: number;
}

export const fill = (surface: Surface, colour: string) => `fill="${paint(surface, colour)}"`;

export const path = (d: string, attributes: string) => `<path d="${d}" ${attributes}/>`;

export const ellipse = (cx: number, cy: number, rx: number, ry: number, attributes: string) =>
  `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" ${attributes}/>`;

export const box = (x: number, y: number, width: number, height: number, attributes: string) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" ${attributes}/>`;

export const stroke = (colour: string, width: number) =>
  `fill="none" stroke="#${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"`;

export const group = (transform: string, ...parts: string[]) =>
  `<g transform="${transform}">${parts.join('')}</g>`;

/** A strip of light along the left of something round. */
export const gleam = (d: string, opacity = 0.35) =>
  path(
    d,
    `fill="none" stroke="#fffaf2" stroke-opacity="${opacity}" stroke-width="9" stroke-linecap="round"`,
  );

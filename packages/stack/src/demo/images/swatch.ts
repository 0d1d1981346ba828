import { darker, lighter } from './colour.ts';
import { gradientsOf } from './paint.ts';
import { box, fill } from './shapes.ts';

const side = 320;

/** A square of woven cloth. */
export function swatch(colour: string): string {
  const cloth = box(0, 0, side, side, fill('flat', colour));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><defs>${gradientsOf(cloth)}${weave(colour)}</defs>${cloth}${box(0, 0, side, side, 'fill="url(#weave)"')}</svg>`;
}

const weave = (colour: string) =>
  `<pattern id="weave" width="16" height="16" patternUnits="userSpaceOnUse">${[
    box(1, 2, 6, 12, `rx="3" fill="#${lighter(colour, 0.22)}" fill-opacity="0.75"`),
    box(9, 0, 6, 5, `rx="2" fill="#${darker(colour, 0.16)}" fill-opacity="0.7"`),
    box(9, 8, 6, 8, `rx="3" fill="#${lighter(colour, 0.1)}" fill-opacity="0.75"`),
  ].join('')}</pattern>`;

/** Colours are `rrggbb`, without a hash, so that they can be part of a paint's name. */
export const colours = {
  blush: 'e0a899',
  charcoal: '41464d',
  cream: 'f1e7d8',
  dusk: '557396',
  mustard: 'd9a441',
  oak: 'cfa26d',
  plum: '80506f',
  sage: '8c9c7c',
  teal: '3a837d',
  terracotta: 'c66a48',
  walnut: '7d563c',
} as const;

export type ColourName = keyof typeof colours;

const warmBlack = '241a17';
const warmWhite = 'fffaf2';

export const lighter = (colour: string, amount: number) => mix(colour, warmWhite, amount);
export const darker = (colour: string, amount: number) => mix(colour, warmBlack, amount);

/** `amount` 0 is the first colour, 1 the second. */
function mix(first: string, second: string, amount: number): string {
  return [0, 2, 4]
    .map((at) => {
      const [from, to] = [first, second].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16));
      if (from === undefined || to === undefined) return '';
      return Math.round(from + (to - from) * amount)
        .toString(16)
        .padStart(2, '0');
    })
    .join('');
}

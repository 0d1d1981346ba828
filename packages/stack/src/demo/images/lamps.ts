import { darker, lighter } from './colour.ts';
import { box, ellipse, fill, gleam, path, stroke, type Thing } from './shapes.ts';

const warmLight = 'ffdf9e';

export function tableLamp(colour: string): Thing {
  const markup = [
    ellipse(0, -430, 420, 330, fill('glow', warmLight)),
    path(
      'M-92 0 C-104 -10 -104 -22 -84 -28 L84 -28 C104 -22 104 -10 92 0 Z',
      fill('round', 'cfa26d'),
    ),
    path(
      'M-62 -28 C-150 -96 -124 -226 -24 -252 L24 -252 C124 -226 150 -96 62 -28 Z',
      fill('ball', colour),
    ),
    gleam('M-84 -96 C-92 -140 -78 -188 -50 -212'),
    box(-13, -300, 26, 52, fill('round', 'cfa26d')),
    path('M-112 -520 L112 -520 L186 -292 Q0 -262 -186 -292 Z', fill('round', 'f7ead2')),
    path(
      'M-112 -520 L112 -520 L186 -292 Q0 -262 -186 -292 Z',
      `${fill('glow', warmLight)} fill-opacity="0.9"`,
    ),
    ellipse(0, -520, 112, 14, fill('hollow', 'f0d9b0')),
  ];
  return { markup: markup.join(''), footprint: 104, height: 534 };
}

/** Hangs from the ceiling; its foot is the lower rim. */
export function pendantLamp(colour: string): Thing {
  const markup = [
    ellipse(0, 90, 430, 300, fill('glow', warmLight)),
    path('M0 -1000 L0 -186', stroke('4a423c', 5)),
    path('M-22 -204 L22 -204 L30 -160 L-30 -160 Z', fill('round', 'cfa26d')),
    ellipse(0, 0, 210, 30, fill('flat', 'fff1cf')),
    path(
      'M-210 0 C-204 -112 -110 -166 0 -168 C110 -166 204 -112 210 0 Q0 -34 -210 0 Z',
      fill('ball', colour),
    ),
    path('M-210 0 Q0 -34 210 0 Q0 48 -210 0 Z', fill('hollow', lighter(colour, 0.3))),
    ellipse(0, 4, 60, 17, 'fill="#fff6de"'),
    gleam('M-152 -58 C-136 -100 -104 -126 -68 -138'),
  ];
  return { markup: markup.join(''), footprint: 0, height: 204 };
}

export function candle(colour: string): Thing {
  const markup = [
    ellipse(0, -236, 190, 190, fill('glow', warmLight)),
    path('M-74 0 Q-86 -16 -62 -24 L62 -24 Q86 -16 74 0 Z', fill('round', colour)),
    path('M-30 -24 L-22 -64 L22 -64 L30 -24 Z', fill('round', colour)),
    box(-17, -196, 34, 136, fill('round', 'f6efe2')),
    path('M0 -196 L0 -210', stroke(darker('7d563c', 0.4), 4)),
    path('M0 -258 C20 -232 17 -208 0 -206 C-17 -208 -20 -232 0 -258 Z', 'fill="#ffc65c"'),
    path('M0 -236 C9 -222 8 -210 0 -208 C-8 -210 -9 -222 0 -236 Z', 'fill="#fff6de"'),
  ];
  return { markup: markup.join(''), footprint: 78, height: 258 };
}

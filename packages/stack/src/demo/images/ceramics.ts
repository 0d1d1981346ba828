import { darker, lighter } from './colour.ts';
import { ellipse, fill, gleam, group, path, stroke, type Thing } from './shapes.ts';

export function roundVase(colour: string): Thing {
  const markup = [
    group('translate(0,-300)', branches()),
    path(
      'M-70 0 C-214 -52 -204 -238 -52 -276 L-46 -318 L46 -318 L52 -276 C204 -238 214 -52 70 0 Z',
      fill('ball', colour),
    ),
    ellipse(0, -318, 47, 11, fill('hollow', colour)),
    path('M-162 -120 Q0 -84 162 -120', `${stroke(lighter(colour, 0.45), 4)} stroke-opacity="0.5"`),
    gleam('M-116 -96 C-124 -150 -104 -200 -72 -226'),
  ];
  return { markup: markup.join(''), footprint: 100, height: 640 };
}

/** Dried eucalyptus: stems with round leaves on both sides. */
function branches(): string {
  const stems = [
    { lean: -120, height: 290, colour: '8c9c7c' },
    { lean: 10, height: 340, colour: '75876a' },
    { lean: 128, height: 260, colour: '9aa888' },
  ];
  return stems
    .map(({ lean, height, colour }) => {
      const leaves = [0.3, 0.45, 0.6, 0.75, 0.9].flatMap((along) => {
        const x = lean * along * along;
        const y = -height * along;
        const size = 30 - 15 * along;
        const tilt = (lean / height) * 40;
        return [-1, 1].map((side) =>
          group(
            `translate(${x + side * size * 1.05},${y - 6}) rotate(${tilt + side * 32})`,
            ellipse(
              0,
              0,
              size,
              size * 0.62,
              fill('flat', side < 0 ? colour : darker(colour, 0.12)),
            ),
          ),
        );
      });
      const stem = path(`M0 16 Q0 ${-height / 2} ${lean} ${-height}`, stroke('6a5a48', 5));
      return stem + leaves.join('');
    })
    .join('');
}

export function tallVase(colour: string): Thing {
  const grass = [-64, -18, 40].map((lean, index) =>
    group(
      `translate(0,-420) rotate(${lean / 2.4})`,
      path('M0 10 L0 -150', stroke('b59a6d', 5)),
      ellipse(0, -200 - index * 14, 21, 86, fill('round', index === 1 ? 'e8d5b0' : 'dcc498')),
    ),
  );
  const markup = [
    ...grass,
    path(
      'M-58 0 Q-82 -10 -84 -60 C-92 -190 -40 -250 -42 -360 Q-44 -400 -62 -424 L62 -424 Q44 -400 42 -360 C40 -250 92 -190 84 -60 Q82 -10 58 0 Z',
      fill('round', colour),
    ),
    ellipse(0, -424, 62, 13, fill('hollow', colour)),
    gleam('M-50 -70 C-56 -160 -22 -240 -20 -330', 0.28),
  ];
  return { markup: markup.join(''), footprint: 78, height: 710 };
}

export function mug(colour: string): Thing {
  const markup = [
    path(
      'M-30 -300 C-62 -346 4 -370 -26 -424 M34 -300 C4 -352 66 -376 34 -440',
      `${stroke('ffffff', 11)} stroke-opacity="0.38"`,
    ),
    path('M118 -226 C236 -240 240 -70 104 -66', stroke(darker(colour, 0.22), 30)),
    path('M118 -230 C232 -240 232 -76 104 -70', stroke(lighter(colour, 0.1), 8)),
    path(
      'M-132 -268 L132 -268 L118 -34 Q112 0 78 0 L-78 0 Q-112 0 -118 -34 Z',
      fill('round', colour),
    ),
    path(
      'M-128 -214 L129 -214 L122 -96 L-122 -96 Z',
      `fill="#${lighter(colour, 0.5)}" fill-opacity="0.22"`,
    ),
    ellipse(0, -268, 132, 27, fill('flat', lighter(colour, 0.36))),
    ellipse(0, -264, 116, 21, fill('hollow', '6b4630')),
    gleam('M-92 -218 L-84 -66', 0.3),
  ];
  return { markup: markup.join(''), footprint: 118, height: 300 };
}

export function bowl(colour: string): Thing {
  const fruit = [
    [-104, -186, 66, 'd98a3d'],
    [98, -188, 68, 'c9a03c'],
    [0, -226, 74, 'd9793d'],
  ] as const;
  const markup = [
    ellipse(0, -168, 236, 34, fill('hollow', colour)),
    ...fruit.map(([x, y, size, peel]) => ellipse(x, y, size, size, fill('ball', peel))),
    path('M-6 -298 C22 -342 66 -336 84 -318 C60 -296 22 -290 -6 -298 Z', fill('flat', '75876a')),
    path(
      'M-236 -168 Q0 -106 236 -168 C226 -64 130 -18 84 -14 L76 0 L-76 0 L-84 -14 C-130 -18 -226 -64 -236 -168 Z',
      fill('round', colour),
    ),
    path('M-232 -156 Q0 -94 232 -156', `${stroke(lighter(colour, 0.5), 5)} stroke-opacity="0.6"`),
  ];
  return { markup: markup.join(''), footprint: 120, height: 300 };
}

export function teapot(colour: string): Thing {
  const markup = [
    path(
      'M150 -190 C262 -176 226 -300 292 -318 L316 -296 C286 -262 296 -118 140 -92 Z',
      fill('round', darker(colour, 0.1)),
    ),
    path('M-104 -282 C-104 -446 104 -446 104 -282', stroke('cfa26d', 24)),
    path('M-96 -300 C-88 -424 88 -424 96 -300', `${stroke('e9cfa4', 6)} stroke-opacity="0.8"`),
    path(
      'M-92 0 C-240 -44 -226 -262 -76 -282 L76 -282 C226 -262 240 -44 92 0 Z',
      fill('ball', colour),
    ),
    path('M-92 -284 Q0 -336 92 -284 Q0 -262 -92 -284 Z', fill('round', darker(colour, 0.08))),
    ellipse(0, -324, 24, 20, fill('ball', 'cfa26d')),
    gleam('M-126 -92 C-134 -144 -118 -194 -86 -224'),
  ];
  return { markup: markup.join(''), footprint: 140, height: 420 };
}

import { darker, lighter } from './colour.ts';
import { box, ellipse, fill, group, path, stroke, type Thing } from './shapes.ts';

const leg = (x1: number, y1: number, x2: number, colour: string, width = 20) =>
  path(
    `M${x1 - width / 2} ${y1} L${x1 + width / 2} ${y1} L${x2 + width / 3} 0 L${x2 - width / 3} 0 Z`,
    fill('round', colour),
  );

export function chair(colour: string): Thing {
  const wood = 'cfa26d';
  const shaded = darker(wood, 0.22);
  const spindles = [-84, -42, 0, 42, 84].map((x) =>
    path(`M${x} -262 L${x * 1.16} -470`, stroke(shaded, 10)),
  );
  const markup = [
    group('translate(0,-26)', leg(-104, -232, -126, shaded), leg(104, -232, 126, shaded)),
    ...spindles,
    path('M-134 -268 L-156 -520 M134 -268 L156 -520', stroke(wood, 19)),
    path(
      'M-172 -540 Q0 -582 172 -540 Q184 -500 168 -462 Q0 -498 -168 -462 Q-184 -500 -172 -540 Z',
      fill('flat', wood),
    ),
    leg(-134, -236, -164, wood, 24),
    leg(134, -236, 164, wood, 24),
    path(
      'M-128 -282 L128 -282 Q150 -280 158 -258 L176 -228 Q182 -206 156 -204 L-156 -204 Q-182 -206 -176 -228 L-158 -258 Q-150 -280 -128 -282 Z',
      fill('flat', darker(wood, 0.1)),
    ),
    path(
      'M-118 -304 L118 -304 Q146 -304 154 -280 L168 -248 Q172 -230 150 -228 L-150 -228 Q-172 -230 -168 -248 L-154 -280 Q-146 -304 -118 -304 Z',
      fill('flat', colour),
    ),
    path(
      'M-140 -254 Q0 -240 140 -254',
      `${stroke(lighter(colour, 0.4), 3)} stroke-dasharray="2 11"`,
    ),
  ];
  return { markup: markup.join(''), footprint: 180, height: 566 };
}

export function stool(colour: string): Thing {
  const wood = 'cfa26d';
  const markup = [
    leg(0, -300, 12, darker(wood, 0.25)),
    path('M-104 -128 Q0 -106 104 -128', stroke(darker(wood, 0.12), 12)),
    leg(-92, -300, -134, wood, 24),
    leg(92, -300, 134, wood, 24),
    path('M-152 -330 L-152 -306 A152 34 0 0 0 152 -306 L152 -330 Z', fill('round', colour)),
    ellipse(0, -330, 152, 34, fill('flat', lighter(colour, 0.14))),
    ellipse(-14, -334, 96, 18, `fill="#fffaf2" fill-opacity="0.14"`),
  ];
  return { markup: markup.join(''), footprint: 146, height: 364 };
}

export function sideTable(colour: string): Thing {
  const wood = '7d563c';
  const markup = [
    leg(0, -330, 8, darker(wood, 0.3)),
    leg(-150, -330, -186, wood, 22),
    leg(150, -330, 186, wood, 22),
    path(
      'M-238 -352 L-238 -330 A238 46 0 0 0 238 -330 L238 -352 Z',
      fill('round', darker(colour, 0.06)),
    ),
    ellipse(0, -352, 238, 46, fill('flat', colour)),
    path('M-120 -366 L40 -366 L52 -344 L-128 -344 Z', 'fill="#241a17" fill-opacity="0.16"'),
    group('translate(-50,-352)', book('f1e7d8', '557396')),
  ];
  return { markup: markup.join(''), footprint: 200, height: 420 };
}

const book = (first: string, second: string) =>
  [
    box(-82, -22, 164, 22, `rx="4" ${fill('flat', first)}`),
    box(-70, -46, 146, 24, `rx="4" ${fill('flat', second)}`),
    box(-62, -40, 20, 12, `fill="#fffaf2" fill-opacity="0.6"`),
  ].join('');

/** Two books, for company. */
export function books(colour: string): Thing {
  const markup = group('scale(1.5)', book(colour, lighter(colour, 0.5)));
  return { markup, footprint: 122, height: 70 };
}

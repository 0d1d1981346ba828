import { darker, lighter } from './colour.ts';
import { ellipse, fill, gleam, group, path, stroke, type Thing } from './shapes.ts';

/** Hangs on the wall. */
export function clock(colour: string): Thing {
  const hours = Array.from({ length: 12 }, (_, hour) =>
    group(
      `translate(0,-190) rotate(${hour * 30})`,
      path(hour % 3 === 0 ? 'M0 -146 L0 -120' : 'M0 -146 L0 -134', stroke('4a423c', 7)),
    ),
  );
  const markup = [
    ellipse(26, -164, 214, 214, fill('shadow', '241a17')),
    ellipse(0, -190, 190, 190, fill('ball', colour)),
    ellipse(0, -190, 166, 166, fill('flat', 'f8f2e6')),
    ...hours,
    path('M0 -190 L-62 -258', stroke('3b342f', 12)),
    path('M0 -190 L84 -268', stroke('3b342f', 8)),
    path('M-12 -168 L40 -300', stroke('c66a48', 4)),
    ellipse(0, -190, 11, 11, 'fill="#c66a48"'),
    path('M-146 -262 A166 166 0 0 1 -40 -350', `${stroke('ffffff', 10)} stroke-opacity="0.5"`),
  ];
  return { markup: markup.join(''), footprint: 0, height: 380 };
}

export function planter(colour: string): Thing {
  const leaves = [
    { turn: -58, length: 250, green: '6f8a63' },
    { turn: 56, length: 262, green: '5d7a57' },
    { turn: -30, length: 330, green: '7d9870' },
    { turn: 32, length: 318, green: '89a37a' },
    { turn: 2, length: 370, green: '6a8760' },
  ];
  const markup = [
    ...leaves.map(({ turn, length, green }) =>
      group(`translate(0,-196) rotate(${turn})`, leaf(length, green)),
    ),
    path(
      'M-130 -206 L130 -206 L102 -16 Q98 0 78 0 L-78 0 Q-98 0 -102 -16 Z',
      fill('round', colour),
    ),
    path('M-142 -236 L142 -236 L138 -190 L-138 -190 Z', fill('round', lighter(colour, 0.1))),
    ellipse(0, -236, 142, 14, `fill="#${darker('7d563c', 0.45)}"`),
    gleam('M-92 -160 L-80 -50', 0.28),
  ];
  return { markup: markup.join(''), footprint: 106, height: 590 };
}

function leaf(length: number, green: string): string {
  const half = length * 0.21;
  const tip = -length;
  const middle = -length * 0.56;
  return [
    path(`M0 0 L0 ${middle}`, stroke(darker(green, 0.3), 7)),
    path(
      `M0 ${-length * 0.22} C${-half * 1.7} ${middle * 0.86} ${-half} ${tip * 0.86} 0 ${tip} C${half} ${tip * 0.86} ${half * 1.7} ${middle * 0.86} 0 ${-length * 0.22} Z`,
      fill('flat', green),
    ),
    path(
      `M0 ${-length * 0.26} L0 ${tip * 0.92}`,
      `${stroke(lighter(green, 0.4), 3)} stroke-opacity="0.6"`,
    ),
  ].join('');
}

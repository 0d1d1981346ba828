import { darker, lighter } from './colour.ts';
import { gradientsOf } from './paint.ts';
import { box, ellipse, fill, group, path, type Thing } from './shapes.ts';

const imageSize = { width: 1200, height: 900 } as const;

/** Where wall and ground meet. */
const horizon = 618;

const rooms = {
  sand: { wall: 'f2e7d7', ground: 'e2cfb5', accent: 'e5b48c' },
  meadow: { wall: 'e2e8da', ground: 'c8d2bb', accent: 'b3c3a2' },
  sky: { wall: 'dde8f0', ground: 'c2d1de', accent: 'f5d9b6' },
  rose: { wall: 'f6e2db', ground: 'e7c8bc', accent: 'dba08c' },
  night: { wall: '3a475c', ground: '2f3a4c', accent: '566a88' },
  honey: { wall: 'f7e8c3', ground: 'e8d096', accent: 'e3b04e' },
  stone: { wall: 'e9e6e1', ground: 'd1ccc4', accent: 'bcb3a7' },
  lilac: { wall: 'ebe4f0', ground: 'd3c8dd', accent: 'bca8cd' },
} as const;

export type RoomName = keyof typeof rooms;
type Room = (typeof rooms)[RoomName];

const backdrops = {
  arch: ({ accent }: Room) =>
    path(`M340 ${horizon} L340 360 A260 260 0 0 1 860 360 L860 ${horizon} Z`, fill('flat', accent)),
  sun: ({ accent }: Room) => ellipse(600, 330, 250, 250, fill('flat', accent)),
  window: ({ wall }: Room) =>
    [0, 1]
      .flatMap((column) => [0, 1].map((row) => pane(column, row, lighter(wall, 0.75))))
      .join(''),
  hill: ({ accent }: Room) =>
    path(`M0 ${horizon} Q260 330 560 500 T1200 400 L1200 ${horizon} Z`, fill('flat', accent)),
  plain: () => '',
};

export type Backdrop = keyof typeof backdrops;

/** One pane of the light that falls through a window, slanted. */
function pane(column: number, row: number, light: string): string {
  const [x, y] = [390 + column * 190 + row * 58, 60 + row * 250];
  return path(
    `M${x} ${y} l168 0 l54 228 l-168 0 Z`,
    `fill="#${light}" fill-opacity="${0.85 - row * 0.2}"`,
  );
}

export interface Placed {
  readonly thing: Thing;
  readonly x: number;
  /** Of its foot; further down is nearer. */
  readonly y: number;
  readonly scale: number;
}

export interface Scene {
  readonly room: RoomName;
  readonly backdrop: Backdrop;
  /** Drawn in this order. */
  readonly things: readonly Placed[];
  /** Shows the part of the scene around this point, enlarged. */
  readonly closeUp?: { readonly x: number; readonly y: number; readonly scale: number };
}

/** The scene as SVG. */
export function compose({ room: name, backdrop, things, closeUp }: Scene): string {
  const { width, height } = imageSize;
  const room = rooms[name];
  const markup = [
    box(0, 0, width, horizon, fill('wall', room.wall)),
    backdrops[backdrop](room),
    box(0, horizon, width, height - horizon, fill('flat', room.ground)),
    box(0, horizon, width, 5, `fill="#${darker(room.ground, 0.12)}" fill-opacity="0.45"`),
    ...things.map(({ thing, x, y, scale }) =>
      group(`translate(${x},${y}) scale(${scale})`, shadowOf(thing), thing.markup),
    ),
  ].join('');

  const view = closeUp ? viewAround(closeUp) : `0 0 ${width} ${height}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${view}"><defs>${gradientsOf(markup)}</defs>${markup}</svg>`;
}

/** Cast to the right, and darker where it stands. */
function shadowOf({ footprint, height }: Thing): string {
  if (footprint === 0) return '';
  const length = footprint + height * 0.3;
  return [
    ellipse(
      length * 0.42,
      -4,
      length,
      footprint * 0.34,
      `${fill('shadow', '3a2a22')} fill-opacity="0.75"`,
    ),
    ellipse(0, 0, footprint * 1.25, footprint * 0.24, fill('shadow', '241a17')),
  ].join('');
}

function viewAround({ x, y, scale }: { x: number; y: number; scale: number }): string {
  const [width, height] = [imageSize.width / scale, imageSize.height / scale];
  return `${x - width / 2} ${y - height / 2} ${width} ${height}`;
}

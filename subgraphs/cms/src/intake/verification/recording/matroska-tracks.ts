import { type Size, stretch } from './display-size.ts';
import { elementsIn, floatIn, unsignedIn } from './ebml.ts';

/** RFC 9559, 5.1.4. */
const TRACK = 0xae;
const TYPE = 0x83;
const DEFAULT_DURATION = 0x23e383;
const VIDEO = 0xe0;
const [PIXEL_WIDTH, PIXEL_HEIGHT] = [0xb0, 0xba];
const [DISPLAY_WIDTH, DISPLAY_HEIGHT] = [0x54b0, 0x54ba];
const CODEC_ENCODINGS = [0x6d80, 0x6240, 0x5035];
const KINDS: Readonly<Record<number, MatroskaTrack['kind']>> = { 1: 'video', 2: 'audio' };

export interface MatroskaTrack {
  readonly kind: 'video' | 'audio' | 'other';
  /** As shown; null if it has none. */
  readonly size: Size | null;
  readonly isEncrypted: boolean;
  /** Of one frame; 0 if it is not stated. */
  readonly frameSeconds: number;
}

export const readTracks = (tracks: Buffer): MatroskaTrack[] =>
  elementsIn(tracks)
    .filter(({ id }) => id === TRACK)
    .map(({ bytes }) => readTrack(bytes));

function readTrack(track: Buffer): MatroskaTrack {
  const numberAt = (id: number) => unsignedIn(find(track, [id]) ?? Buffer.alloc(0));
  const video = find(track, [VIDEO]);
  return {
    kind: KINDS[numberAt(TYPE)] ?? 'other',
    size: video ? readSize(video) : null,
    isEncrypted: find(track, CODEC_ENCODINGS) !== undefined,
    frameSeconds: numberAt(DEFAULT_DURATION) / 1e9,
  };
}

/** Players use the ratio of the display size, whatever its unit, and only enlarge. */
function readSize(video: Buffer): Size | null {
  const [width, height] = [sideIn(video, PIXEL_WIDTH), sideIn(video, PIXEL_HEIGHT)];
  if (!width || !height) return null;
  const shownWidth = sideIn(video, DISPLAY_WIDTH) ?? width;
  const shownHeight = sideIn(video, DISPLAY_HEIGHT) ?? height;
  return stretch({ width, height }, (shownWidth * height) / (shownHeight * width));
}

/** Null if it is not stated or impossible. */
function sideIn(video: Buffer, id: number): number | null {
  const pixels = unsignedIn(find(video, [id]) ?? Buffer.alloc(0));
  return pixels > 0 && pixels <= MAX_SIDE ? pixels : null;
}

const MAX_SIDE = 2 ** 20;

const [TIMESTAMP_SCALE, DURATION] = [0x2ad7b1, 0x4489];
const DEFAULT_SCALE = 1e6;

/** The unit of timestamps in seconds, and the duration in this unit; 0 if it is not stated. */
export function readInformation(information: Buffer): { unit: number; duration: number } {
  const scale = unsignedIn(find(information, [TIMESTAMP_SCALE]) ?? Buffer.alloc(0));
  const duration = floatIn(find(information, [DURATION]) ?? Buffer.alloc(0));
  return { unit: (scale || DEFAULT_SCALE) / 1e9, duration };
}

function find(bytes: Buffer, path: readonly number[]): Buffer | undefined {
  let within: Buffer | undefined = bytes;
  for (const id of path)
    within = within && elementsIn(within).find((element) => element.id === id)?.bytes;
  return within;
}

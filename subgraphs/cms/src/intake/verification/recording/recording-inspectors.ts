import type { RecordingInspection } from '../../../files/file-types/file-type.ts';
import type { Inspector } from '../job.ts';
import { inspectAac } from './aac.ts';
import { inspectAiff } from './aiff.ts';
import { inspectAsf } from './asf.ts';
import { inspectAvi } from './avi.ts';
import { inspectFlac } from './flac.ts';
import { inspectMatroska } from './matroska.ts';
import { inspectMp3 } from './mp3.ts';
import { inspectMp4 } from './mp4.ts';
import { inspectMpegStream } from './mpeg-stream.ts';
import { inspectOgg } from './ogg.ts';
import { inspectWav } from './wav.ts';

/** The program that verifies each container of video and audio: whether it is whole, and what it shows. */
export const RECORDING_INSPECTORS: Readonly<Record<RecordingInspection, Inspector>> = {
  aac: inspectAac,
  aiff: inspectAiff,
  asf: inspectAsf,
  avi: inspectAvi,
  flac: inspectFlac,
  matroska: inspectMatroska,
  mp3: inspectMp3,
  mp4: inspectMp4,
  'mpeg-stream': inspectMpegStream,
  ogg: inspectOgg,
  wav: inspectWav,
};

import type { FileType } from './file-type.ts';

/** Of audio that players decode frame by frame, and of streams. */
const STATES_NO_LENGTH =
  'Nothing in it states its length: if it was cut, it is accepted as a shorter one.';

/**
 * MP4 and MOV are the same container, and cameras and editors confuse them: the extensions and content types
 * of both are accepted for both. The bytes decide the type that the file is served as. Phones call MP4 3GP.
 */
const MP4: FileType = {
  name: 'MP4',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/mp4',
  extension: 'mp4',
  detectedAs: ['video/x-m4v', 'video/3gpp', 'video/3gpp2'],
  extensionAliases: ['m4v', 'mp4v', 'mpg4', 'f4v', 'mov', 'qt', '3gp', '3gpp', '3g2', '3gp2'],
  mimeAliases: [
    'application/mp4',
    'video/x-mp4',
    'video/m4v',
    'video/x-m4v',
    'video/quicktime',
    'video/3gpp',
    'video/3gp',
    'video/3gpp2',
  ],
  variants: ['audio/mp4'],
  inspectedAs: 'mp4',
  shownAs: 'frame',
  demuxer: 'mov',
  servedAs: 'inline',
  note: 'Fragmented without an index of its segments (`sidx`): if it was cut between two fragments, it is accepted as a shorter one.',
};

const MOV: FileType = {
  name: 'MOV',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/quicktime',
  extension: 'mov',
  extensionAliases: ['qt', 'mp4', 'm4v'],
  mimeAliases: ['video/mp4', 'video/m4v', 'video/x-m4v', 'video/x-quicktime', 'application/mp4'],
  variants: ['audio/mp4'],
  inspectedAs: 'mp4',
  shownAs: 'frame',
  demuxer: 'mov',
  servedAs: 'inline',
};

const WEBM: FileType = {
  name: 'WebM',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/webm',
  extension: 'webm',
  extensionAliases: ['mkv'],
  mimeAliases: ['video/matroska', 'video/x-matroska'],
  variants: ['audio/webm'],
  inspectedAs: 'matroska',
  shownAs: 'frame',
  demuxer: 'matroska',
  servedAs: 'inline',
  note: 'A live recording states no length: if it was cut exactly between two blocks, it is accepted as a shorter one. The same is true for MKV, WebM audio and MKA.',
};

/** Browsers that record H.264 call it WebM. */
const MKV: FileType = {
  name: 'MKV',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/matroska',
  extension: 'mkv',
  extensionAliases: ['mk3d', 'webm'],
  mimeAliases: ['video/x-matroska', 'video/matroska-3d', 'video/mkv', 'video/webm'],
  variants: ['audio/matroska'],
  inspectedAs: 'matroska',
  shownAs: 'frame',
  demuxer: 'matroska',
  servedAs: 'inline',
};

/** Systems declare OGG with video as audio, and OGG with audio as video. */
const OGV: FileType = {
  name: 'OGV',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/ogg',
  extension: 'ogv',
  extensionAliases: ['ogg', 'ogm', 'ogx'],
  mimeAliases: [
    'application/ogg',
    'audio/ogg',
    'video/x-ogg',
    'video/theora',
    'video/x-theora',
    'video/x-theora+ogg',
    'video/x-ogm',
    'video/x-ogm+ogg',
  ],
  inspectedAs: 'ogg',
  shownAs: 'frame',
  demuxer: 'ogg',
  servedAs: 'attachment',
};

const AVI: FileType = {
  name: 'AVI',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/x-msvideo',
  extension: 'avi',
  extensionAliases: ['divx'],
  mimeAliases: ['video/avi', 'video/msvideo', 'video/vnd.avi', 'video/divx', 'video/vnd.divx'],
  inspectedAs: 'avi',
  shownAs: 'frame',
  demuxer: 'avi',
  servedAs: 'attachment',
};

const WMV: FileType = {
  name: 'WMV',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/x-ms-wmv',
  extension: 'wmv',
  extensionAliases: ['asf', 'wm'],
  mimeAliases: ['video/x-ms-asf', 'application/vnd.ms-asf', 'video/x-ms-wm', 'video/wmv'],
  variants: ['audio/x-ms-wma'],
  inspectedAs: 'asf',
  shownAs: 'frame',
  demuxer: 'asf',
  servedAs: 'attachment',
  note: 'A broadcast states no length: if it was cut, it is accepted as a shorter one. The same is true for WMA.',
};

const MPEG: FileType = {
  name: 'MPEG',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/mpeg',
  extension: 'mpg',
  extensionAliases: ['mpeg', 'mpe', 'm2p', 'vob', 'mod'],
  mimeAliases: [
    'video/mpg',
    'video/x-mpeg',
    'video/x-mpg',
    'video/mpeg2',
    'video/mp2p',
    'video/mp1s',
  ],
  inspectedAs: 'mpeg-stream',
  shownAs: 'frame',
  demuxer: 'mpeg',
  servedAs: 'attachment',
  note: STATES_NO_LENGTH,
};

/** Camcorders and television. Linux takes the extension for translations. */
const MPEG_TS: FileType = {
  name: 'MPEG transport stream',
  group: 'video',
  mediaType: 'VIDEO',
  mimeType: 'video/mp2t',
  extension: 'ts',
  extensionAliases: ['mts', 'm2ts', 'm2t'],
  mimeAliases: [
    'video/mpeg',
    'video/m2ts',
    'video/x-mpegts',
    'video/mpegts',
    'video/avchd-stream',
    'video/vnd.dlna.mpeg-tts',
    'text/vnd.trolltech.linguist',
    'text/vnd.qt.linguist',
  ],
  inspectedAs: 'mpeg-stream',
  shownAs: 'frame',
  demuxer: 'mpegts',
  servedAs: 'attachment',
  note: STATES_NO_LENGTH,
};

const MP3: FileType = {
  name: 'MP3',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/mpeg',
  extension: 'mp3',
  extensionAliases: ['mpga'],
  mimeAliases: [
    'audio/mp3',
    'audio/mpg',
    'audio/mpeg3',
    'audio/x-mp3',
    'audio/x-mpg',
    'audio/x-mpeg',
    'audio/x-mpeg-3',
  ],
  inspectedAs: 'mp3',
  shownAs: 'nothing',
  servedAs: 'inline',
  note: 'Without a first frame that states its length (Xing, Info or VBRI): if it was cut, it is accepted as a shorter one.',
};

/** Also MP4, MOV and 3GP without video: sound of phones, audio books. */
const M4A: FileType = {
  name: 'M4A',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/mp4',
  extension: 'm4a',
  detectedAs: ['audio/x-m4a'],
  extensionAliases: [
    'm4b',
    'm4r',
    'f4a',
    'f4b',
    'aac',
    'mp4',
    'm4v',
    'mov',
    'qt',
    '3ga',
    '3gp',
    '3gpp',
    '3g2',
    '3gp2',
  ],
  mimeAliases: [
    'audio/m4a',
    'audio/x-m4a',
    'audio/m4b',
    'audio/x-m4b',
    'audio/x-m4r',
    'audio/x-mp4',
    'audio/mp4a-latm',
    'audio/aac',
    'audio/x-aac',
    'audio/aacp',
    'audio/3gpp',
    'audio/3gpp2',
    'application/mp4',
    'video/mp4',
    'video/x-m4v',
    'video/quicktime',
    'video/3gpp',
    'video/3gpp2',
  ],
  variants: ['video/mp4'],
  inspectedAs: 'mp4',
  shownAs: 'nothing',
  servedAs: 'inline',
};

const AAC: FileType = {
  name: 'AAC',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/aac',
  extension: 'aac',
  extensionAliases: ['adts', 'adt'],
  mimeAliases: ['audio/x-aac', 'audio/aacp', 'audio/x-hx-aac-adts', 'audio/vnd.dlna.adts'],
  inspectedAs: 'aac',
  shownAs: 'nothing',
  servedAs: 'inline',
  note: STATES_NO_LENGTH,
};

const OGG: FileType = {
  name: 'OGG',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/ogg',
  extension: 'ogg',
  extensionAliases: ['oga', 'opus', 'spx', 'ogx'],
  mimeAliases: [
    'application/ogg',
    'audio/opus',
    'audio/vorbis',
    'audio/x-ogg',
    'audio/x-vorbis',
    'audio/x-opus+ogg',
    'audio/x-vorbis+ogg',
    'audio/x-speex+ogg',
    'audio/x-flac+ogg',
    'video/ogg',
  ],
  variants: ['video/ogg'],
  inspectedAs: 'ogg',
  shownAs: 'nothing',
  servedAs: 'inline',
  note: 'If it was cut exactly between two pages, it is accepted as a shorter one, because many whole files lack the flag that ends a stream. The same is true for OGV.',
};

const WEBA: FileType = {
  name: 'WebM audio',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/webm',
  extension: 'weba',
  extensionAliases: ['webm', 'mka', 'mkv'],
  mimeAliases: ['video/webm', 'audio/matroska', 'audio/x-matroska', 'video/x-matroska'],
  inspectedAs: 'matroska',
  shownAs: 'nothing',
  servedAs: 'inline',
};

const MKA: FileType = {
  name: 'MKA',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/matroska',
  extension: 'mka',
  extensionAliases: ['mkv', 'weba', 'webm'],
  mimeAliases: [
    'audio/x-matroska',
    'audio/webm',
    'video/matroska',
    'video/x-matroska',
    'video/webm',
  ],
  inspectedAs: 'matroska',
  shownAs: 'nothing',
  servedAs: 'inline',
};

const WAV: FileType = {
  name: 'WAV',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/wav',
  extension: 'wav',
  extensionAliases: ['wave', 'bwf', 'rf64'],
  mimeAliases: ['audio/wave', 'audio/x-wav', 'audio/x-wave', 'audio/vnd.wave', 'audio/x-pn-wav'],
  inspectedAs: 'wav',
  shownAs: 'nothing',
  servedAs: 'inline',
  note: 'Written to a pipe, without its length: if it was cut, it is accepted as a shorter one.',
};

const FLAC: FileType = {
  name: 'FLAC',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/flac',
  extension: 'flac',
  extensionAliases: ['fla'],
  mimeAliases: ['audio/x-flac', 'application/flac', 'application/x-flac'],
  inspectedAs: 'flac',
  shownAs: 'nothing',
  servedAs: 'inline',
};

const AIFF: FileType = {
  name: 'AIFF',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/aiff',
  extension: 'aiff',
  extensionAliases: ['aif', 'aifc'],
  mimeAliases: ['audio/x-aiff', 'audio/aifc', 'audio/x-aifc', 'sound/aiff'],
  inspectedAs: 'aiff',
  shownAs: 'nothing',
  servedAs: 'attachment',
};

const WMA: FileType = {
  name: 'WMA',
  group: 'audio',
  mediaType: 'AUDIO',
  mimeType: 'audio/x-ms-wma',
  extension: 'wma',
  extensionAliases: ['asf', 'wmv'],
  mimeAliases: [
    'audio/wma',
    'audio/x-ms-asf',
    'video/x-ms-asf',
    'video/x-ms-wmv',
    'application/vnd.ms-asf',
  ],
  inspectedAs: 'asf',
  shownAs: 'nothing',
  servedAs: 'attachment',
};

/** Video and audio. */
export const RECORDING_TYPES = {
  MP4,
  MOV,
  WEBM,
  MKV,
  OGV,
  AVI,
  WMV,
  MPEG,
  MPEG_TS,
  MP3,
  M4A,
  AAC,
  OGG,
  WEBA,
  MKA,
  WAV,
  FLAC,
  AIFF,
  WMA,
} as const satisfies Readonly<Record<string, FileType>>;

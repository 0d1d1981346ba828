import { expect, test } from 'vitest';

import { contradictionOf, falseClaimOf } from './claims.ts';
import { FILE_TYPES } from './file-types.ts';

type TypeName = keyof typeof FILE_TYPES;
const claims = (originalFilename: string, declaredMimeType = '') => ({
  originalFilename,
  declaredMimeType,
});

test('a part without a content type, which counts as text/plain, claims no type', () => {
  expect(contradictionOf(FILE_TYPES.PNG, claims('photo.png', 'text/plain'))).toBeUndefined();
});

test.for<[TypeName, string, string]>([
  ['PNG', 'photo.jpg', ''],
  ['PNG', 'photo.JPG', 'image/png'],
  ['PNG', 'photo.png', 'image/jpeg'],
  ['JPEG', 'photo.heic', ''],
  ['JPEG', 'photo.html', ''],
  ['JPEG', 'photo.svg', ''],
  ['JPEG', 'photo.exe', ''],
  ['JPEG', 'photo.php', ''],
  ['JPEG', 'photo.jpg.zip', ''],
  ['JPEG', 'photo', 'text/html'],
  ['JPEG', 'photo', 'image/svg+xml'],
  ['JPEG', 'photo', 'image/*'],
  ['JPEG', 'photo', 'nonsense'],
  ['GIF', 'photo.webp', ''],
  ['PDF', 'paper.doc', ''],
  ['MP4', 'clip.webm', ''],
  ['WEBM', 'clip.avi', ''],
  ['WEBM', 'clip', 'audio/webm'],
  ['MP3', 'song.m4a', ''],
  ['OGG', 'song.ogv', ''],
  ['JPEG', 'photo', 'image/jpeg, image/png'],
])('%s bytes contradict the name %j with content type %j', ([type, name, mimeType]) => {
  expect(contradictionOf(FILE_TYPES[type], claims(name, mimeType))).toBeTypeOf('string');
});

test.for<[TypeName, string, string]>([
  ['JPEG', '', ''],
  ['JPEG', 'photo', 'application/octet-stream'],
  ['JPEG', 'photo', 'binary/octet-stream'],
  ['JPEG', 'photo', ' Application/Octet-Stream; charset=utf-8'],
  ['JPEG', 'photo.final', ''],
  ['JPEG', '.jpg', ''],
  ['JPEG', 'photo.', ''],
  ['JPEG', 'photo.png.jpg', ''],
  ['JPEG', 'PHOTO.JPEG', 'IMAGE/JPEG'],
  ['JPEG', 'photo.jpe', 'image/jpg'],
  ['JPEG', 'photo.jfif', 'image/pjpeg'],
  ['PNG', 'photo.apng', 'image/apng'],
  ['TIFF', 'scan.tif', 'image/x-tiff'],
  ['TIFF', 'scan.tiff', 'image/tiff'],
  ['PDF', 'paper.pdf', 'application/x-pdf'],
  ['MP4', 'clip.m4v', 'video/x-m4v'],
  ['MP4', 'clip.mov', 'video/quicktime'],
  ['MOV', 'clip.mp4', 'video/mp4'],
  ['WEBM', 'clip.webm', 'video/webm;codecs=vp8'],
  ['WEBM', 'clip.webm', 'video/webm;codecs=vp8,opus'],
  ['MP4', 'clip.mp4', 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"'],
  ['MP3', 'song.mp3', 'audio/mp3'],
  ['WAV', 'song.wave', 'audio/x-wav'],
  ['WAV', 'song.wav', 'audio/wave'],
  ['OGG', 'song.opus', 'audio/ogg; codecs=opus'],
  ['OGG', 'song.oga', 'application/ogg'],
  ['OGG', 'song', 'video/ogg'],
  ['OGG', 'song', 'audio/x-opus+ogg'],
  ['OGG', 'song', 'audio/x-vorbis+ogg'],
  ['MP3', 'song', 'audio/mpg'],
  ['WEBM', 'clip.mkv', 'video/x-matroska;codecs=avc1'],
  ['MKV', 'clip.webm', 'video/webm;codecs=h264'],
  ['MP4', 'clip.3gp', 'video/3gpp'],
  ['M4A', 'tone.m4a', 'audio/x-m4a'],
  ['M4A', 'tone.m4b', 'audio/mp4'],
  ['M4A', 'tone', 'audio/aac'],
  ['M4A', 'tone.mp4', 'video/mp4'],
  ['WEBA', 'voice.webm', 'audio/webm;codecs=opus'],
  ['WEBA', 'voice', 'video/webm'],
  ['FLAC', 'tone.flac', 'audio/x-flac'],
  ['AAC', 'tone.aac', 'audio/x-aac'],
  ['AAC', 'tone.aac', 'audio/vnd.dlna.adts'],
  ['AIFF', 'tone.aif', 'audio/x-aiff'],
  ['MKV', 'clip.mkv', 'video/x-matroska'],
  ['AVI', 'clip.avi', 'video/x-msvideo'],
  ['AVI', 'clip.avi', 'video/avi'],
  ['MPEG', 'clip.mpeg', 'video/mpeg'],
  ['MPEG_TS', 'clip.MTS', 'video/vnd.dlna.mpeg-tts'],
  ['WMV', 'clip.wmv', 'video/x-ms-wmv'],
  ['WMA', 'tone.wma', 'audio/x-ms-wma'],
  ['OGV', 'clip.ogv', 'video/ogg'],
  ['OGV', 'clip.ogg', 'audio/ogg'],
  ['WEBP', 'photo', 'image/x-webp'],
  ['SVG', 'drawing.svgz', 'image/svg+xml-compressed'],
  ['SVG', 'drawing.svgz', 'application/gzip'],
  ['SVG', 'drawing.svg', 'image/svg+xml'],
  ['JPEG', 'photo', 'application/force-download'],
  ['JPEG', 'photo', 'image/jpeg, image/jpeg'],
  ['JPEG', 'photo', 'image/jpeg; charset=binary,image/jpeg'],
])('%s bytes fit the name %j with content type %j', ([type, name, mimeType]) => {
  expect(contradictionOf(FILE_TYPES[type], claims(name, mimeType))).toBeUndefined();
});

test('names the accepted type that a name or content type claims for other bytes', () => {
  expect(falseClaimOf(claims('photo.jpg'), 'image/heic')).toContain('.jpg');
  expect(falseClaimOf(claims('photo', 'image/jpg'), 'image/heic')).toContain('image/jpg');
  const packed = 'application/x-7z-compressed';
  expect(falseClaimOf(claims('archive.7z', packed), packed)).toBeUndefined();
  expect(falseClaimOf(claims('logs.tgz', 'application/gzip'), 'application/gzip')).toBeUndefined();
  expect(falseClaimOf(claims('page', 'application/octet-stream'), 'HTML or XML')).toBeUndefined();
});

test('repeats an excerpt of the declared type', () => {
  const contradiction = contradictionOf(FILE_TYPES.PNG, claims('a.png', 'x'.repeat(9_000)));
  expect(contradiction).toBe(`it was declared as ${'x'.repeat(79)}…`);
});

import { expect, test } from 'vitest';
import { ACCEPTED_TYPES } from './accepted-types.ts';
import { contradictionOf, falseClaimOf } from './claims.ts';

type TypeName = keyof typeof ACCEPTED_TYPES;
const claims = (originalFilename: string, declaredMimeType = '') => ({
  originalFilename,
  declaredMimeType,
});

test('a part without a content type, which counts as text/plain, claims no type', () => {
  expect(contradictionOf(ACCEPTED_TYPES.PNG, claims('photo.png', 'text/plain'))).toBeUndefined();
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
  ['WEBM', 'clip.mkv', ''],
  ['WEBM', 'clip', 'audio/webm'],
  ['MP3', 'song.m4a', ''],
  ['OGG', 'song.ogv', ''],
  ['JPEG', 'photo', 'image/jpeg, image/png'],
])('%s bytes contradict the name %j with content type %j', ([type, name, mimeType]) => {
  expect(contradictionOf(ACCEPTED_TYPES[type], claims(name, mimeType))).toBeTypeOf('string');
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
  ['WEBP', 'photo', 'image/x-webp'],
  ['JPEG', 'photo', 'application/force-download'],
  ['JPEG', 'photo', 'image/jpeg, image/jpeg'],
  ['JPEG', 'photo', 'image/jpeg; charset=binary,image/jpeg'],
])('%s bytes fit the name %j with content type %j', ([type, name, mimeType]) => {
  expect(contradictionOf(ACCEPTED_TYPES[type], claims(name, mimeType))).toBeUndefined();
});

test('names the accepted type that a name or content type claims for other bytes', () => {
  expect(falseClaimOf(claims('photo.jpg'))).toContain('.jpg');
  expect(falseClaimOf(claims('photo', 'image/jpg'))).toContain('image/jpg');
  expect(falseClaimOf(claims('archive.zip', 'application/zip'))).toBeUndefined();
  expect(falseClaimOf(claims('page', 'application/octet-stream'))).toBeUndefined();
});

test('repeats an excerpt of the declared type', () => {
  const contradiction = contradictionOf(ACCEPTED_TYPES.PNG, claims('a.png', 'x'.repeat(9_000)));
  expect(contradiction).toBe(`it was declared as ${'x'.repeat(79)}…`);
});

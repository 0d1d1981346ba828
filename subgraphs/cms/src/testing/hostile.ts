import { deflateSync } from 'node:zlib';
import { pngChunk } from '../platform/image/png-chunks.ts';

/** A valid black PNG of a few kB. */
export function pngBomb({ width, height }: { width: number; height: number }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1; // one bit per pixel
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows, { level: 9 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A valid animation on a large canvas. Each frame changes one pixel and has 25 bytes. */
export function gifBomb({
  width,
  height,
  frames,
}: Record<'width' | 'height' | 'frames', number>): Buffer {
  const screen = Buffer.alloc(13 + 6);
  screen.write('GIF89a', 0, 'latin1');
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  screen[10] = 0x80; // two colours follow
  const control = [0x21, 0xf9, 4, 0, 4, 0, 0, 0];
  const onePixel = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  const frame = Buffer.from([...control, ...onePixel]);
  return Buffer.concat([screen, ...Array.from({ length: frames }, () => frame), Buffer.from(';')]);
}

/** Bytes that are not an image, whatever their name and declared type. */
export const DISGUISES = {
  html: Buffer.from('<!DOCTYPE html><script>alert(document.domain)</script>'),
  'html after spaces': Buffer.from(' \n\t<HTML><body onload="alert(1)">'),
  'html with a drawing': Buffer.from(
    '<html xmlns="http://www.w3.org/1999/xhtml"><svg xmlns="http://www.w3.org/2000/svg"/></html>',
  ),
  xml: Buffer.from('<?xml version="1.0"?><drawing xmlns="http://www.w3.org/2000/svg"/>'),
  'a Windows program': Buffer.concat([
    Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'),
    Buffer.alloc(200),
  ]),
  'a Linux program': Buffer.concat([
    Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'),
    Buffer.alloc(200),
  ]),
  'a zip archive': emptyZipEntry(),
};

function emptyZipEntry(): Buffer {
  const name = 'a.txt';
  const local = Buffer.alloc(30 + name.length);
  local.write('PK\x03\x04', 0, 'latin1');
  local[4] = 20;
  local.writeUInt16LE(name.length, 26);
  local.write(name, 30);
  return Buffer.concat([local, Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
}

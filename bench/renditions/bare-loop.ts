/**
 * The comparison for a cold rendition: sharp in a loop, without anything else. Runs as a separate process per
 * processor, and renders one image for every path that it receives.
 */
import sharp from 'sharp';

sharp.cache(false);
sharp.concurrency(1);

process.on('message', (path: string) => {
  void sharp(path, { failOn: 'error', limitInputPixels: 5e7 })
    .autoOrient()
    .resize({ width: 400 })
    .webp({ quality: 80, effort: 2 })
    .toBuffer()
    .then((bytes) => process.send?.(bytes.length));
});
process.on('disconnect', () => process.exit(0));
process.send?.(0);

/**
 * The floor of a cold rendition: sharp in a loop, nothing else. Run as a process of its own per processor;
 * makes one picture for every path it is sent.
 */
import { setPriority } from 'node:os';
import sharp from 'sharp';

sharp.cache(false);
sharp.concurrency(1);
// As far behind others as the workers it is compared with: whatever else runs slows both alike.
setPriority(19);

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

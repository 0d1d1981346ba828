/**
 * sharp, with its limits: the only door pictures are decoded by, and only in worker processes. Whoever
 * opens a picture passes `limitInputPixels` and `failOn` too.
 */
import sharp from 'sharp';

// Nothing is decoded twice, and files are decoded side by side in several processes.
sharp.cache(false);
sharp.concurrency(1);
// Whatever else libvips could open (documents, ImageMagick's hundred formats) is none of ours.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegFile',
    'VipsForeignLoadPngFile',
    'VipsForeignLoadWebpFile',
    'VipsForeignLoadNsgifFile',
    'VipsForeignLoadHeifFile',
    'VipsForeignLoadTiffFile',
    // A drawing that was cleaned, and the pictures in one.
    'VipsForeignLoadSvgBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
  ],
});

export { sharp };

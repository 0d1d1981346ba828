/**
 * sharp, with its limits: the only module that decodes images, loaded only in worker processes.
 * Callers must also pass `limitInputPixels` and `failOn`.
 */
import sharp from 'sharp';

// No image is decoded twice, and several processes decode in parallel.
sharp.cache(false);
sharp.concurrency(1);
// Everything else that libvips can open (documents, ImageMagick's hundred formats) stays blocked.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegFile',
    'VipsForeignLoadPngFile',
    'VipsForeignLoadWebpFile',
    'VipsForeignLoadNsgifFile',
    'VipsForeignLoadHeifFile',
    'VipsForeignLoadTiffFile',
    // Sanitized SVGs and the images in them.
    'VipsForeignLoadSvgBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
  ],
});

export { sharp };

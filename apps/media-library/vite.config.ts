import { constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compression, defineAlgorithm } from 'vite-plugin-compression2';

/** The highest quality takes twenty times as long for 8 % fewer bytes. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

export default defineConfig({
  base: '/library/',
  logLevel: 'error',
  plugins: [
    react(),
    // The gateway serves these files, so that it does not compress the originals for each request.
    compression({
      algorithms: [defineAlgorithm('brotliCompress', BROTLI), 'gzip'],
      // Smaller files fit into one packet anyway.
      threshold: 1_024,
    }),
  ],
  build: {
    target: 'es2023',
    // Browsers with `light-dark()`: its replacement for older ones does not work with the colour schemes of Mantine.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Files, not `data:` URLs: the content security policy of the page allows them.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    // The scripts of the first screen in one file: seventy small ones take longer than their bytes.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
  },
});

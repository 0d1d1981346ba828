import { defineConfig } from 'vite';

export default defineConfig({
  base: '/graphiql/',
  // Its warnings are about how the packages we bundle were written.
  logLevel: 'error',
  build: {
    target: 'es2023',
    // Fonts as files: the page's content security policy needs no `data:` for them.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: 'automatic' } },
  worker: { format: 'es' },
});

import { defineConfig } from 'vitest/config';

/**
 * graphql 16 ships CommonJS and ES modules side by side and refuses to work with both at once. Node picks
 * CommonJS, as Apollo's packages do; Vite would pick the other.
 */
const oneGraphql = { find: /^graphql$/, replacement: 'graphql/index.js' };

export default defineConfig({
  resolve: { alias: [oneGraphql] },
  test: { include: ['{gateway,subgraphs,packages,scripts}/**/*.test.ts'] },
});

/**
 * The flags of Node for every process with modules; `start` in package.json repeats them, because it hosts modules
 * itself.
 *
 * `--max-semi-space-size`: uploads use buffers outside of V8's heap, which only a garbage collection releases. Small
 * young generations are collected often and cheaply; with the default size V8 marks the whole heap again and again.
 */
export const nodeFlags = [
  '--max-semi-space-size=8',
  `--import=${new URL('./compile-cache.mjs', import.meta.url).href}`,
];

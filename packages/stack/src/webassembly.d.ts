/** What is used of it: TypeScript has the rest among the browser's types only. */
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<{ instance: { exports: Readonly<Record<string, () => void>> } }>;
}

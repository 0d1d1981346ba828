/** The part that is used here: TypeScript declares WebAssembly only in its browser types. */
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<{ instance: { exports: Readonly<Record<string, () => void>> } }>;
}

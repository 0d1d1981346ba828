/** What is used of the WebAssembly build of libheif. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.js' {
  type Handle = object;
  export interface Failure {
    readonly code?: { readonly value: number };
    readonly message?: string;
  }
  interface Plane {
    readonly width: number;
    readonly height: number;
    /** The length of a row in bytes. */
    readonly stride: number;
    readonly bits_per_pixel: number;
    readonly data: Uint8Array;
  }

  export interface Libheif {
    readonly heif_colorspace: { readonly heif_colorspace_RGB: object };
    readonly heif_chroma: Readonly<
      Record<
        | 'heif_chroma_interleaved_RGB'
        | 'heif_chroma_interleaved_RGBA'
        | 'heif_chroma_interleaved_RRGGBB_LE'
        | 'heif_chroma_interleaved_RRGGBBAA_LE',
        object
      >
    >;
    heif_context_alloc(): Handle;
    heif_context_free(context: Handle): void;
    heif_context_read_from_memory(context: Handle, bytes: Uint8Array): Failure;
    heif_js_context_get_primary_image_handle(context: Handle): Handle & Failure;
    heif_image_handle_has_alpha_channel(handle: Handle): number;
    heif_js_decode_image2(
      handle: Handle,
      colorspace: object,
      chroma: object,
    ): Promise<Failure & { readonly channels: readonly Plane[] }>;
  }
  export default function createLibheif(): Promise<Libheif>;
}

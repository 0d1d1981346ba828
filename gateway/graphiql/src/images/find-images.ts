/** An image that a response refers to. */
export interface FoundImage {
  /** Where it is in the response: `data.products.nodes.0.mainImage.media.url`. */
  readonly path: string;
  /** Absent for a placeholder, which is part of the response. */
  readonly href?: string;
  readonly src: string;
  readonly srcSet?: string;
  /** A `data:` URL to show while the image loads. */
  readonly placeholder?: string;
  /** The alternative text next to it or around it. Null: the response has none. */
  readonly alt: string | null;
  /** The nearest `originalFilename`. */
  readonly fileName: string | null;
}

const OTHER_TYPES =
  /\.(?:mp4|mov|webm|mkv|ogv|avi|wmv|mpg|ts|mp3|m4a|aac|ogg|weba|mka|wav|flac|aiff|wma|pdf|html?)$/i;
const PLACEHOLDER = /^data:image\/(?:png|jpeg|webp|gif|avif);base64,[\w+/=]+$/;
const SRC_SET_ENTRY = /^\s*(https?:\S+)\s+\d+(?:\.\d+)?[wx]\s*$/;

/** In the URLs of a file, whatever its rendition or download: everything up to its id. */
const UP_TO_ID = /^[^?#]*?\/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?=\/)/i;

/** The images of a response: its http(s) URLs that can be images, `srcSet` and placeholders, each file once. */
export function findImages(response: unknown): FoundImage[] {
  const found = new Map<string, FoundImage>();
  collect(response, { path: [], alt: null, fileName: null }, (image) => {
    const key = UP_TO_ID.exec(image.src)?.[0] ?? image.src;
    if (!found.has(key)) found.set(key, image);
  });
  return [...found.values()];
}

interface Place extends Pick<FoundImage, 'alt' | 'fileName'> {
  readonly path: readonly string[];
}

function collect(value: unknown, place: Place, add: (image: FoundImage) => void): void {
  if (typeof value !== 'object' || value === null) return;
  const fields = Object.entries(value).map(([name, content]: [string, unknown]) => ({
    name,
    content,
  }));
  const here = {
    path: place.path,
    alt: textOf(fields, 'altText') ?? place.alt,
    fileName: textOf(fields, 'originalFilename') ?? place.fileName,
  };
  if (!Array.isArray(value)) {
    for (const image of imagesOf(fields, here)) add(image);
  }
  for (const { name, content } of fields) {
    collect(content, { ...here, path: [...here.path, name] }, add);
  }
}

type Field = { readonly name: string; readonly content: unknown };

function textOf(fields: readonly Field[], wanted: string): string | undefined {
  const field = fields.find(({ name }) => name === wanted);
  return typeof field?.content === 'string' ? field.content : undefined;
}

/** The images that one object of the response has. Its `srcSet` and placeholder belong to the first one. */
function imagesOf(fields: readonly Field[], { path, ...described }: Place): FoundImage[] {
  const texts = fields.flatMap(({ name, content }) =>
    typeof content === 'string' ? [{ path: [...path, name].join('.'), text: content }] : [],
  );
  const urls = texts.filter(({ text }) => isImageUrl(text));
  const set = texts.find(({ text }) => urlsOfSrcSet(text).length > 0);
  const placeholder = texts.find(({ text }) => PLACEHOLDER.test(text));
  const common = { ...described, ...(placeholder && { placeholder: placeholder.text }) };

  if (urls.length > 0) {
    return urls.map((url, nth) => ({
      ...common,
      path: url.path,
      href: url.text,
      src: url.text,
      ...(nth === 0 && set && { srcSet: set.text }),
    }));
  }
  if (set) {
    const largest = urlsOfSrcSet(set.text).at(-1) ?? '';
    return [{ ...common, path: set.path, href: largest, src: largest, srcSet: set.text }];
  }
  return placeholder ? [{ ...described, path: placeholder.path, src: placeholder.text }] : [];
}

function isImageUrl(text: string): boolean {
  if (!/^https?:\/\/\S+$/.test(text) || !URL.canParse(text)) return false;
  return !OTHER_TYPES.test(new URL(text).pathname);
}

/** The URLs of `<url> 320w, <url> 640w`; none if the text is something else. */
function urlsOfSrcSet(text: string): string[] {
  const urls = text.split(',').map((entry) => SRC_SET_ENTRY.exec(entry)?.[1]);
  return urls.every((url) => url !== undefined) ? urls : [];
}

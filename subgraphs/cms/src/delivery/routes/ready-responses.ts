import type { Deliverable } from '../../files/media-file/deliverable.ts';
import { type Format, type FormatChoice, negotiate } from '../rendition/format.ts';
import type { Rendition } from '../rendition/rendering.ts';
import type { RenditionRef } from '../rendition/repository.ts';
import type { RenditionService } from '../rendition/service.ts';
import type { SignedMediaUrl } from '../urls/signed-url.ts';

/** A response with a rendition. */
export interface RenditionResponse {
  /** All but the length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly rendition: Rendition;
}

interface Ready extends Omit<RenditionResponse, 'rendition'> {
  readonly file: Deliverable;
  readonly ref: RenditionRef;
  /** Of the rendition that the headers describe. */
  readonly checksum: string;
}

interface ReadyFormats {
  readonly requested: FormatChoice;
  readonly byFormat: Map<Format, Ready>;
}

/**
 * Remembers the headers of each response, so that sending a rendition from memory again takes no more than three
 * lookups: of the URL, of the access check and of the bytes. The headers are used only while these two are the same:
 * a file that was trashed, made private or renamed has another access check after at most four seconds, and bytes
 * that were evicted are gone. They are forgotten with the verified URL.
 */
export function createReadyResponses({
  renditions,
}: {
  renditions: Pick<RenditionService, 'getCached'>;
}) {
  const byUrl = new WeakMap<SignedMediaUrl, ReadyFormats>();

  return {
    find(
      mediaUrl: SignedMediaUrl,
      { file, accept }: { file: Deliverable; accept: string | undefined },
    ): RenditionResponse | undefined {
      const known = byUrl.get(mediaUrl);
      if (!known) return undefined;
      const { requested, byFormat } = known;
      const ready = byFormat.get(requested === 'auto' ? negotiate(accept, file) : requested);
      if (ready?.file !== file) return undefined;
      const rendition = renditions.getCached(ready.ref);
      if (rendition?.checksum !== ready.checksum) return undefined;
      return { headers: ready.headers, etag: ready.etag, rendition };
    },

    remember(
      mediaUrl: SignedMediaUrl,
      {
        requested,
        format,
        rendition: { checksum },
        ...ready
      }: RenditionResponse & {
        requested: FormatChoice;
        format: Format;
        file: Deliverable;
        ref: RenditionRef;
      },
    ): void {
      const known = byUrl.get(mediaUrl) ?? { requested, byFormat: new Map() };
      byUrl.set(mediaUrl, known);
      known.byFormat.set(format, { ...ready, checksum });
    },
  };
}
export type ReadyResponses = ReturnType<typeof createReadyResponses>;

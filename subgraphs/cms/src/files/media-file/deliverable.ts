/** What response headers state about served bytes. */
export interface Description {
  readonly mimeType: string;
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
  readonly originalFilename: string;
  /** The encoding of text, if it is known. */
  readonly charset: string | null;
  readonly isPrivate: boolean;
}

/** Bytes that may be served. */
export interface Deliverable extends Description {
  readonly storageKey: string;
  readonly byteSize: number;
  /** Pixels, upright; null for audio and documents. */
  readonly width: number | null;
  readonly height: number | null;
  /** Whether it is an image of several frames. */
  readonly animated: boolean;
  /** Seconds; null unless video or audio. */
  readonly durationSeconds: number | null;
}

/**
 * The part of jsdom that is used here. Its published types would add browser globals to every file.
 */
declare module 'jsdom' {
  import type { WindowLike } from 'dompurify';

  export interface XmlElement {
    setAttributeNS(namespace: string | null, name: string, value: string): void;
    append(...children: (XmlElement | string)[]): void;
  }

  export class JSDOM {
    constructor(html: string);
    readonly window: Omit<WindowLike, 'document'> & {
      readonly document: { createElementNS(namespace: string, name: string): XmlElement };
      readonly XMLSerializer: new () => { serializeToString(root: XmlElement): string };
    };
  }
}

import createDOMPurify from 'dompurify';
import { JSDOM, type XmlElement } from 'jsdom';
import { SVG_NAMESPACE, type SvgElement, XLINK_NAMESPACE, XML_NAMESPACE } from './document.ts';

const { window } = new JSDOM('');
const { document } = window;
const purifier = createDOMPurify(window);
const serializer = new window.XMLSerializer();
const NAMESPACES: Record<string, string> = { xlink: XLINK_NAMESPACE, xml: XML_NAMESPACE };

/** Attributes of SVG that act on nothing but its look and that DOMPurify doesn't list, in lower case. */
const ALSO_HARMLESS =
  `href from to calcmode requiredfeatures requiredextensions role xml:lang fr limitingconeangle pointsatx
   pointsaty pointsatz side spacing marker enable-background unicode-bidi glyph-orientation-horizontal
   glyph-orientation-vertical isolation font mix-blend-mode line-height white-space transform-box`.split(
    /\s+/,
  );

/** What every attribute is held against: no scheme, no path. */
const NO_URL = /^(?:[^a-z/]|[a-z+.-]+(?:[^a-z+.:-]|$))/i;

/**
 * A standalone document with nothing in it that acts: no scripts, handlers, or HTML. Which elements and
 * attributes are harmless is DOMPurify's knowledge; what is added here it leaves out for what it does in
 * pages, and was looked at before (links.ts). It works on a tree as an XML parser makes it, for this is
 * how the file will be read: an HTML parser sees other elements in it than a viewer of pictures.
 */
export function purify(root: SvgElement): string {
  const element = toDom(root);
  purifier.sanitize(element, {
    IN_PLACE: true,
    USE_PROFILES: { svg: true, svgFilters: true },
    ADD_TAGS: ['use', 'animate', 'set'],
    ADD_ATTR: ALSO_HARMLESS,
    ADD_DATA_URI_TAGS: ['feimage'],
    ALLOWED_URI_REGEXP: NO_URL,
    // They name what a viewer must know, and are compared only.
    ADD_URI_SAFE_ATTR: ['requiredfeatures', 'requiredextensions'],
    ALLOW_DATA_ATTR: false,
    // An unknown element is not drawn, so neither may be what is in it.
    KEEP_CONTENT: false,
    // Ids like `title` are a danger to the scripts of a page, and there is none.
    SANITIZE_DOM: false,
  });
  return serializer.serializeToString(element);
}

function toDom({ name, attributes, children }: SvgElement): XmlElement {
  const element = document.createElementNS(SVG_NAMESPACE, name);
  for (const [attribute, value] of attributes) {
    const [prefix = ''] = attribute.split(':', 1);
    element.setAttributeNS(NAMESPACES[prefix] ?? null, attribute, value);
  }
  for (const child of children) {
    element.append(typeof child === 'string' ? child : toDom(child));
  }
  return element;
}

import createDOMPurify from 'dompurify';
import { JSDOM, type XmlElement } from 'jsdom';
import { SVG_NAMESPACE, type SvgElement, XLINK_NAMESPACE, XML_NAMESPACE } from './document.ts';

const { window } = new JSDOM('');
const { document } = window;
const purifier = createDOMPurify(window);
const serializer = new window.XMLSerializer();
const NAMESPACES: Record<string, string> = { xlink: XLINK_NAMESPACE, xml: XML_NAMESPACE };

/** SVG attributes that only affect the appearance and are not on DOMPurify's list, in lower case. */
const ALSO_HARMLESS =
  `href from to calcmode requiredfeatures requiredextensions role xml:lang fr limitingconeangle pointsatx
   pointsaty pointsatz side spacing marker enable-background unicode-bidi glyph-orientation-horizontal
   glyph-orientation-vertical isolation font mix-blend-mode line-height white-space transform-box
   cursor text-overflow inline-size shape-inside shape-subtract`.split(/\s+/);

/** Every attribute must match this: neither a scheme nor a path. */
const NO_URL = /^(?:[^a-z/]|[a-z+.-]+(?:[^a-z+.:-]|$))/i;

/**
 * Serializes a standalone document without scripts, event handlers and HTML. DOMPurify decides
 * which elements and attributes are harmless. What is added here is dangerous only in pages, and
 * links.ts has checked it. The tree must be like that of an XML parser, because viewers parse the
 * file as XML: an HTML parser would see other elements.
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
    // They state what a viewer must support and are only compared.
    ADD_URI_SAFE_ATTR: ['requiredfeatures', 'requiredextensions'],
    ALLOW_DATA_ATTR: false,
    // Unknown elements are not rendered, so their content must not be either.
    KEEP_CONTENT: false,
    // Ids such as `title` are dangerous only for scripts of a page.
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

/** Something over the page, such as a dialog with its overlay, or a menu: what Mantine shows outside of the page. */
const LAYER = '[data-portal] > *';

const layerOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest(LAYER) : null;

/**
 * When the first click of a double click closes or opens a dialog or a menu, the second one is not for what is there
 * then: it does nothing.
 */
export function ignoreClicksOnOtherLayers(): void {
  let pressed: Element | null = null;

  function check(event: MouseEvent) {
    const layer = layerOf(event.target);
    // The number of the click; 0 if it is made by a key.
    if (event.detail <= 1) {
      if (event.type === 'mousedown') pressed = layer;
    } else if (layer !== pressed) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  // Before all others. Without a press, the focus stays where it is.
  for (const type of ['mousedown', 'click', 'dblclick'] as const) {
    window.addEventListener(type, check, { capture: true });
  }
}

/** Moves the focus once React has drawn; to the page where there is nothing to find, so that the keyboard is somewhere. */
export function focusSoon(find: () => HTMLElement | null | undefined): void {
  requestAnimationFrame(() => (find() ?? document.getElementById("main"))?.focus());
}

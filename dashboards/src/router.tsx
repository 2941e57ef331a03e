import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';

/** Where the reader is: every view, and what is chosen in it, has a URL of its own. */
export const place = signal(new URL(window.location.href));

window.addEventListener('popstate', () => (place.value = new URL(window.location.href)));

/** Goes to another view, or to the same one with other choices. */
export function go(href: string, options: { replace?: boolean } = {}): void {
  const url = new URL(href, window.location.href);
  if (options.replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  const isNewView = url.pathname !== place.value.pathname;
  place.value = url;
  if (isNewView) window.scrollTo(0, 0);
}

/** A choice in the query of the URL, so that the view can be shared as it is. */
export const choice = (name: string, otherwise: string): string => place.value.searchParams.get(name) ?? otherwise;

/** Takes a choice into the URL; the usual one is left out of it. */
export function choose(name: string, value: string, otherwise: string): void {
  const url = new URL(place.value);
  if (value === otherwise) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  go(url.href, { replace: true });
}

type LinkProperties = Omit<JSX.IntrinsicElements['a'], 'href'> & { href: string; children?: ComponentChildren };

/** A link inside the dashboard, which opens without loading the page anew; with a modifier key it is the browser's own. */
export function Link({ href, children, ...rest }: LinkProperties): JSX.Element {
  const open = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return <a href={href} onClick={open} {...rest}>{children}</a>;
}

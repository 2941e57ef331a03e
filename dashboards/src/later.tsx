import { signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';

/** A view whose code is fetched when it is first shown: those with charts are large. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const view = signal<ComponentType<P> | undefined>(undefined);
  const problem = signal('');
  let isAsked = false;
  const fetchView = (): void => {
    isAsked = true;
    problem.value = '';
    load().then(
      (loaded) => (view.value = loaded),
      () => {
        isAsked = false;
        problem.value = 'This view could not be loaded; the head may be starting again, or was updated since this page was opened.';
      },
    );
  };
  return function Later(properties: P): JSX.Element {
    const View = view.value;
    if (View) return <View {...properties} />;
    if (problem.value) return <div class="state problem" role="alert"><p>{problem.value}</p><button type="button" onClick={fetchView}>Try again</button> <button type="button" onClick={() => location.reload()}>Load the page anew</button></div>;
    if (!isAsked) fetchView();
    return <div class="state" role="status"><span class="spinner" aria-hidden="true" />Loading …</div>;
  };
}
